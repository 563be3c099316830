"""Turns what pydantic finds wrong in rule book content into problems a rule's author can act on.

Every problem has file and line, what is wrong, and the cure or the closest known word.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from compliance.errors import Problem, closest
from compliance.yaml12 import Document, Path

KEY = "[key]"  # how pydantic says that the key is wrong, not its value
FORMS = {
    "id": "An id reads like ACC-01: three capitals, a hyphen, two or three digits.",
    "name": "A name reads like gap-in-bridging-care: small letters, digits and single hyphens.",
    KEY: "A name here reads like open_days: small letters, digits and underscores.",
}
SHOWN_LENGTH = 60


def label(path: Sequence[str | int]) -> str:
    """A path as people write it: norms[0].article."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def place(name: str, document: Document, path: Path) -> str:
    """The file called `name` and the line of a path in it, as file:line."""
    return f"{name}:{document.line(path)}"


def model_problems(
    error: ValidationError, model: type[BaseModel], document: Document, name: str, prefix: Path = ()
) -> list[Problem]:
    """The problems in the content of file `name` that did not become a `model`.

    `prefix` is where in the document the content stands.
    """
    return [_problem(item, model, document, name, prefix) for item in error.errors(include_url=False)]


def _problem(item: Any, model: type[BaseModel], document: Document, name: str, prefix: Path) -> Problem:
    loc: Path = item["loc"]
    path = (*prefix, *(loc[:-1] if loc[-1:] == (KEY,) else loc))
    code, message, hint = _words(item, loc, model, document, path)
    return Problem(place(name, document, path), code, f"{label(path)} {message}", hint)


def _words(
    item: Any, loc: Path, model: type[BaseModel], document: Document, path: Path
) -> tuple[str, str, str]:
    kind, context, last = item["type"], item.get("ctx", {}), loc[-1] if loc else ""
    if kind == "missing":
        cure = "Texts stand in both languages." if last in ("nl", "en") else ""
        return "key-missing", "is missing.", cure
    if kind == "extra_forbidden":
        known = _known_keys(model, loc[:-1])
        return "key-unknown", "is no key that is known here.", closest(str(last), known)
    if kind == "string_type":
        cure = document.quote_hint(path) or "Write text there."
        return "not-text", "must be text.", cure
    if kind == "string_pattern_mismatch":
        return "form", f"cannot be {_shown(item['input'])}.", FORMS.get(str(last), "")
    if kind == "literal_error":
        words = context.get("expected", "").replace("'", "").replace(" or ", ", ").split(", ")
        cure = closest(str(item["input"]), words) or f"One of: {', '.join(words)}."
        return "word-unknown", f"cannot be {_shown(item['input'])}.", cure
    if kind == "too_short":
        return "empty", f"needs at least {context.get('min_length', 1)}.", ""
    text = item["msg"].removeprefix("Value error, ")
    return "value", f"is not right: {text}.", ""


def _shown(value: Any) -> str:
    text = str(value)
    return repr(text if len(text) <= SHOWN_LENGTH else text[:SHOWN_LENGTH] + "…")


def _known_keys(model: type[BaseModel], loc: Path) -> list[str]:
    """The keys that may stand at `loc` below `model`."""
    for part in loc:
        if isinstance(part, str):
            model = _model_in(model.model_fields[part].annotation)
    return [info.alias or key for key, info in model.model_fields.items()]


def _model_in(annotation: Any) -> type[BaseModel]:
    """The model that an annotation holds, alone or as items: Norm in tuple[Norm, ...]."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return _model_in(get_args(annotation)[0])
