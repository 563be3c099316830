"""The answer as a page of texts in one language: what text, HTML and Markdown print, each in its own form.

It decides order and wording once; it knows no markup, no colour and no width.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from compliance.model.rule import Severity


@dataclass(frozen=True, slots=True)
class Line:
    """A statement with the code of its sign (`sign.*` in the words)."""

    sign: str
    text: str


@dataclass(frozen=True, slots=True)
class Subject:
    """One result below its rule: who it is about, what it says, and the proof."""

    reference: str
    label: str
    message: str
    since: str
    evidence: tuple[str, ...]
    evidence_more: str
    status: str
    status_text: str


@dataclass(frozen=True, slots=True)
class RuleBlock:
    """The results of one rule at one severity."""

    rule: str
    title: str
    why: str
    clears: str
    norms: tuple[str, ...]
    limits: tuple[str, ...]
    addressee: str
    kind: str
    kind_note: str
    compartment: str
    subjects: tuple[Subject, ...]


@dataclass(frozen=True, slots=True)
class SeverityBlock:
    """All findings of one severity."""

    severity: Severity
    word: str
    sign: str
    rules: tuple[RuleBlock, ...]

    @property
    def count(self) -> int:
        return sum(len(block.subjects) for block in self.rules)


@dataclass(frozen=True, slots=True)
class CauseLine:
    """One cause for which something is not assessable."""

    cause: str
    owed_by: str
    count: str
    rules: str
    rows: str


@dataclass(frozen=True, slots=True)
class RefusalLine:
    """One refused row."""

    file: str
    place: str
    column: str
    reason: str
    shape: str
    expected: str


@dataclass(frozen=True, slots=True)
class DossierLine:
    """One organisation that asks for attention."""

    organisation: str
    severity: Severity
    word: str
    sign: str
    reasons: str


@dataclass(frozen=True, slots=True)
class Page:
    """Everything a reader sees, in reading order."""

    title: str
    contract: str
    facts: tuple[tuple[str, str], ...]
    incomplete: str
    delivered: tuple[Line, ...]
    refusals: tuple[RefusalLine, ...]
    refusals_more: str
    failures: tuple[Line, ...]
    findings: tuple[SeverityBlock, ...]
    causes: tuple[CauseLine, ...]
    others: tuple[RuleBlock, ...]
    dossiers: tuple[DossierLine, ...]
    expectations: tuple[Line, ...]
    notes: tuple[Line, ...]
    tally: tuple[tuple[str, str, int], ...]
    counts: str
    aside: str

    @property
    def finding_count(self) -> int:
        return sum(block.count for block in self.findings)


def joined(items: Sequence[str], shown: int, more: str) -> str:
    """The first items with commas, and `more` when there are others."""
    text = ", ".join(items[:shown])
    return f"{text} {more}" if len(items) > shown else text
