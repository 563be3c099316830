"""Asks whether organisations of the same name are one; it never joins them: a name is no identifier."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import combinations

import duckdb

from compliance.model.intake import Notice
from compliance.sources.known import Known, KnownOrganisation, joined, known_here

_LEGAL_FORMS = re.compile(
    r"\b(b\.? ?v\.?|n\.? ?v\.?|v\.? ?o\.? ?f\.?|stichting|vereniging|cooperatie|u\.? ?a\.?)\s*$"
    r"|^(stichting|vereniging|cooperatie)\b"
)
MOST_QUESTIONS = 200


def same_name_questions(connection: duckdb.DuckDBPyConnection, known: Known | None = None) -> list[Notice]:
    """A question for each two organisations of one name that no number tells apart or joins."""
    here = known_here(connection)
    fresh = {each.id for each in here.organisations}
    everyone = joined(known or Known(), here).organisations
    groups: dict[str, list[KnownOrganisation]] = defaultdict(list)
    for each in everyone:
        if folded := folded_name(each.name):
            groups[folded].append(each)
    pairs = [
        pair
        for group in groups.values()
        for pair in combinations(sorted(group), 2)
        if {pair[0].id, pair[1].id} & fresh and _open(pair)
    ]
    return _questions(pairs)


def _questions(pairs: Iterable[Sequence[KnownOrganisation]]) -> list[Notice]:
    ids = sorted({(one.id, other.id) for one, other in pairs})
    asked = [
        Notice("same_name_question", entity="organisation", detail=f"{one}, {other}") for one, other in ids
    ]
    return asked[:MOST_QUESTIONS]


def _open(pair: Sequence[KnownOrganisation]) -> bool:
    """Whether the numbers leave open that both are one: none that both have tells them apart."""
    one, other = pair
    numbers = ((one.kvk_number, other.kvk_number), (one.agb_code, other.agb_code))
    return one.id != other.id and not any(mine and its for mine, its in numbers)


def folded_name(name: str) -> str:
    """The name without accents, case, signs and the word for its legal form."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold().strip()
    bare = _LEGAL_FORMS.sub("", plain).strip()
    return re.sub(r"[^a-z0-9]", "", bare or plain)


@lru_cache(maxsize=4096)
def folded_word(text: str) -> str:
    """The text's letters and digits without accents and case, to find it in a table."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^a-z0-9]", "", plain)
