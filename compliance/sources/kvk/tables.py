"""The code tables of the trade register, from a content file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from compliance.errors import Problem, UsageError
from compliance.model.schema import entities
from compliance.sources.content import national_table
from compliance.sources.naming import folded_word

FILE = "mappings/national/kvk.yaml"


@dataclass(frozen=True, slots=True)
class Functionaries:
    """A list of functionaries in an answer: the kind of control it means, if any, and a sure share."""

    kind: str | None
    share_pct: str | None = None


@dataclass(frozen=True, slots=True)
class Tables:
    """Legal forms by their folded words, lists of functionaries by their key."""

    legal_forms: Mapping[str, str]
    functionaries: Mapping[str, Functionaries]


@cache
def shipped_tables() -> Tables:
    """The tables that came with the product.

    Raises: UsageError for a table with a code that the model does not have.
    """
    data = national_table("kvk")
    forms = {folded_word(words): str(code) for words, code in data["legal_forms"].items()}
    lists = {
        key: Functionaries(entry.get("kind"), entry.get("share_pct"))
        for key, entry in data["functionaries"].items()
    }
    _check(set(forms.values()), "organisation", "legal_form")
    _check({each.kind for each in lists.values() if each.kind}, "control", "kind")
    return Tables(forms, lists)


def _check(codes: set[str], entity: str, field: str) -> None:
    unknown = sorted(codes - set(entities()[entity].fields[field].codes))
    if unknown:
        message = f"{entity}.{field} has no code {', '.join(unknown)}."
        raise UsageError(Problem(FILE, "mapping-code", message))
