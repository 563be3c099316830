"""How long the store keeps what it holds: the dated terms of `rules/retention.yaml`, with every flaw."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from compliance.errors import Problem, RulebookError, UsageError, closest
from compliance.model.days import add_months
from compliance.model.entities import Compartment
from compliance.model.fields import Day
from compliance.model.rule import Bilingual, Content, Line, Norm, Status
from compliance.model.schema import EntitySpec, entities
from compliance.rulebook.flaws import model_problems
from compliance.services.content import content_folder
from compliance.services.release.files import hash_of
from compliance.yaml12 import Document, read_yaml

FILE = "retention.yaml"
FileKind = Literal["originals", "drafts", "released", "internal"]
APPLIED: tuple[Status, ...] = ("agreed", "by_reference", "technical")


class Span(Content):
    """How long, from a day on: one of days, months and years."""

    first_day: Day = Field(alias="from")
    days: int | None = Field(default=None, ge=1)
    months: int | None = Field(default=None, ge=1)
    years: int | None = Field(default=None, ge=1)

    def last_day(self, counted_from: date) -> date:
        """The last day of the term; the day after it, what it is about may go.

        Raises: OverflowError beyond the year 9999.
        """
        if self.days is not None:
            return counted_from + timedelta(days=self.days)
        return add_months(counted_from, (self.months or 0) + 12 * (self.years or 0))

    def __str__(self) -> str:
        named = (("days", self.days), ("months", self.months), ("years", self.years))
        return " ".join(f"{count} {name}" for name, count in named if count)


class Counting(Content):
    """From when a row's term is counted: its own days, the row it goes with, or that nobody refers to it."""

    counted_from: tuple[Line, ...] = ()
    goes_with: Line | None = None
    unreferenced: bool = False


class _Entry(Content):
    status: Status
    norms: tuple[Norm, ...] = Field(min_length=1)
    meaning: Bilingual
    values: tuple[Span, ...] = ()
    facts: dict[Line, Counting] = Field(default_factory=dict)
    findings: tuple[Compartment, ...] = ()
    files: tuple[FileKind, ...] = ()


@dataclass(frozen=True, slots=True)
class Term:
    """One entry of the policy; `norms` are as cited."""

    name: str
    status: Status
    norms: tuple[Norm, ...]
    meaning: Bilingual
    values: tuple[Span, ...]
    facts: Mapping[str, Counting]
    findings: tuple[Compartment, ...]
    files: tuple[FileKind, ...]

    def span(self, as_of: date) -> Span | None:
        """How long on that day; None where nothing was agreed by then."""
        if self.status not in APPLIED:
            return None
        return next((item for item in reversed(self.values) if item.first_day <= as_of), None)

    def is_over(self, counted_from: date, as_of: date) -> bool:
        """Whether on that day the term, counted from the other day, has passed."""
        span = self.span(as_of)
        try:
            return span is not None and span.last_day(counted_from) < as_of
        except OverflowError:
            return False


def shipped_policy(folder: Path | None = None) -> tuple[Term, ...]:
    """The policy of the rule book in the folder, else of the shipped one.

    Raises: UsageError when the file is missing; RulebookError with every flaw in it.
    """
    path = (folder or content_folder("rules")) / FILE
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        message = "The terms of retention are missing; nothing is removed without them."
        raise UsageError(Problem(str(path), "retention-missing", message)) from None
    return read_policy(text, FILE)


def policy_hash(folder: Path | None = None) -> str:
    """`sha256:…` of that file, so that a report of what was removed can say by which terms."""
    return hash_of(((folder or content_folder("rules")) / FILE).read_bytes())


def read_policy(text: str, name: str = FILE) -> tuple[Term, ...]:
    """The terms in the text of that file, in its order.

    Raises: InputError when it is not YAML; RulebookError with every flaw.
    """
    document = read_yaml(text, name)
    if not isinstance(document.data, Mapping):
        raise RulebookError(Problem(f"{name}:1", "retention", "The file must hold terms by name."))
    terms, problems = [], []
    for key, raw in document.data.items():
        try:
            entry = _Entry.model_validate(raw)
        except ValidationError as error:
            problems += model_problems(error, _Entry, document, name, (key,))
            continue
        place = f"{name}:{document.line((key,))}"
        problems += [
            Problem(place, "retention", f"{key} {words}", hint) for words, hint in _entry_flaws(entry)
        ]
        terms.append(Term(key, **{field: getattr(entry, field) for field in _Entry.model_fields}))
    problems += _told_twice(terms, document, name)
    if problems:
        raise RulebookError(problems)
    return tuple(terms)


Words = tuple[str, str]


def _entry_flaws(entry: _Entry) -> Iterator[Words]:
    if (entry.status in APPLIED) != bool(entry.values):
        yield (
            "has a value if and only if its status is applied.",
            "Give `values`, or the status to_agree.",
        )
    for span in entry.values:
        if sum(each is not None for each in (span.days, span.months, span.years)) != 1:
            yield "needs one of days, months and years for each value.", ""
    if any(later.first_day <= earlier.first_day for earlier, later in pairwise(entry.values)):
        yield "has values that are not in order of day.", "Put the earliest `from` first, each day once."
    for entity, counting in entry.facts.items():
        yield from _fact_flaws(entity, counting, entities())


def _fact_flaws(entity: str, counting: Counting, known: Mapping[str, EntitySpec]) -> Iterator[Words]:
    spec = known.get(entity)
    if spec is None or spec.derived:
        yield f"names {entity}, which is no entity that is delivered.", closest(entity, known)
        return
    if sum((bool(counting.counted_from), counting.goes_with is not None, counting.unreferenced)) != 1:
        yield f"needs one way of counting for {entity}.", "Write counted_from, goes_with or unreferenced."
    days = [name for name, field in spec.fields.items() if field.type == "day"]
    for name in counting.counted_from:
        if name not in days:
            yield f"counts from {entity}.{name}, which is no day.", closest(name, days)
    references = [name for name, field in spec.fields.items() if field.type == "ref" and field.required]
    if counting.goes_with is not None and counting.goes_with not in references:
        yield (
            f"lets {entity} go with {counting.goes_with}, which is no reference that every row has.",
            closest(counting.goes_with, references),
        )


def _told_twice(terms: Sequence[Term], document: Document, name: str) -> list[Problem]:
    """What stands in more than one term: nobody could say which one holds."""
    told = Counter(label for term in terms for label in _labels(term))
    return [
        Problem(f"{name}:{document.line((term.name,))}", "retention", f"{label} has more than one term.")
        for term in terms
        for label in _labels(term)
        if told[label] > 1
    ]


def _labels(term: Term) -> list[str]:
    found = [f"findings {compartment}" for compartment in term.findings]
    return [*term.facts, *found, *(f"files {kind}" for kind in term.files)]
