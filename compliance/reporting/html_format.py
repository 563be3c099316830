"""The page as one HTML file that opens without a network: style inside, every value escaped."""

from __future__ import annotations

from collections.abc import Mapping

from jinja2 import DictLoader, Environment, StrictUndefined, TemplateNotFound, TemplateSyntaxError
from markupsafe import Markup

from compliance.errors import Problem, RulebookError
from compliance.reporting.blocks import Wording

STYLE = "report.css"


def render_template(name: str, templates: Mapping[str, str], say: Wording, **values: object) -> str:
    """The named template, filled; `say` and `name` give it its words.

    Raises: RulebookError when the template is missing or is not valid.
    """
    environment = Environment(
        loader=DictLoader(templates), autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True
    )
    try:
        template = environment.get_template(name)
    except TemplateNotFound as error:
        raise RulebookError(
            Problem(str(error), "template-missing", "This report template is missing.")
        ) from None
    except TemplateSyntaxError as error:
        place = f"{error.name or name}:{error.lineno}"
        raise RulebookError(
            Problem(place, "template-syntax", error.message or "Not a valid template.")
        ) from None
    style = Markup(templates.get(STYLE, ""))  # noqa: S704 - our own style sheet, not a value
    return template.render(say=say, name=say.name, lang=say.lang, style=style, **values)
