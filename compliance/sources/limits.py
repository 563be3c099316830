"""How long a text field may be and what it must match, as the model declares it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from compliance.model.fields import TEXT_LENGTH, UNSAFE_LINES, UNSAFE_TEXT
from compliance.model.schema import entities


@dataclass(frozen=True, slots=True)
class TextLimits:
    """The longest a text may be, what must not occur in it, and the whole pattern it must match, if any.

    Patterns are Python's; `pattern` has no anchors.
    """

    longest: int
    unsafe: str
    pattern: str = ""


@cache
def text_limits(entity: str) -> Mapping[str, TextLimits]:
    """The limits of every text, code and reference field of an entity, read from its JSON Schema."""
    limits = {}
    for name, declared in entities()[entity].model.model_json_schema()["properties"].items():
        options = [declared, *declared.get("anyOf", ())]
        texts = [option for option in options if option.get("type") == "string"]
        if texts:
            pattern = texts[0].get("pattern", "").removeprefix("^").removesuffix("$")
            unsafe = UNSAFE_LINES if entities()[entity].fields[name].lines else UNSAFE_TEXT
            limits[name] = TextLimits(texts[0].get("maxLength", TEXT_LENGTH), unsafe, pattern)
    return MappingProxyType(limits)
