"""Renders a night's answer for an audience in any of its forms: the one door for services and the command.

The cut to what the audience may see is made behind this door; nothing can be rendered uncut.
"""

from __future__ import annotations

from markupsafe import Markup

from compliance.model.night import NightAnswer
from compliance.reporting.blocks import Wording
from compliance.reporting.content import Content
from compliance.reporting.html_format import render_template
from compliance.reporting.night.audience import Audience, ReportForm
from compliance.reporting.night.compose import compose_night
from compliance.reporting.night.markdown import render_markdown
from compliance.reporting.words import Lang

TEMPLATE, STYLE = "night.html.j2", "night.css"


def render_night(
    answer: NightAnswer,
    audience: Audience,
    form: ReportForm,
    content: Content,
    lang: Lang,
    *,
    banner: str = "",
) -> bytes:
    """The report as bytes, in UTF-8 where it is text; `banner` stands above every page and sheet.

    Raises: RulebookError when a template is missing or broken.
    """
    say = Wording(content.words, lang)
    report = compose_night(answer, audience, say, banner)
    if form == "md":
        return render_markdown(report, say).encode("utf-8", errors="replace")
    if form == "xlsx":
        # Imported only where it is asked for: each of these libraries is large.
        from compliance.reporting.night.workbook import render_workbook  # noqa: PLC0415

        return render_workbook(report, answer.receipt, say)
    extra = Markup(content.templates.get(STYLE, ""))  # noqa: S704 - our own style sheet, not a value
    page = render_template(TEMPLATE, content.templates, say, report=report, extra=extra, drawn=_drawn)
    if form == "html":
        return page.encode("utf-8", errors="replace")
    from compliance.reporting.night.pdf import render_pdf  # noqa: PLC0415

    return render_pdf(page)


def _drawn(svg: str) -> Markup:
    """A picture of our own making, whose texts are escaped already."""
    return Markup(svg)  # noqa: S704
