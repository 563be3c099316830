"""A rule as its YAML file states it, before its expressions are read.

The loader (`rulebook`) fills these; the checker (`language`) turns the expressions into typed trees.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from compliance.model.entities import Compartment
from compliance.model.fields import Day

Severity = Literal["info", "low", "medium", "high", "critical"]
SEVERITIES: tuple[Severity, ...] = ("info", "low", "medium", "high", "critical")
Outcome = Literal["finding", "compliant", "not_assessable", "not_applicable"]
Stage = Literal["draft", "active", "deprecated", "withdrawn"]
RuleId = Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Z]{3}-[0-9]{2,3}$")]
Name = Annotated[str, StringConstraints(strict=True, pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]
Ident = Annotated[str, StringConstraints(strict=True, pattern=r"^[a-z][a-z0-9_]*$")]
Expression = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=4000)]
Line = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=2000)]


class Content(BaseModel):
    """Base of everything read from the rule book: immutable, no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Bilingual(Content):
    """A text in both languages; neither may be missing."""

    nl: Line
    en: Line

    def within(self, lang: str) -> str:
        return self.nl if lang == "nl" else self.en


class Norm(Content):
    """Where an obligation is written down."""

    source: Line
    article: Line | None = None
    theme: Line | None = None
    quote: Line | None = None
    url: Line | None = None

    def citation(self) -> str:
        """The norm in one line, as reports print it."""
        parts = [self.source]
        if self.article:
            parts.append(f"art. {self.article}")
        if self.theme:
            parts.append(f"thema {self.theme}")
        return ", ".join(parts)


class Expected(Content):
    """What an example or a case says a rule must give for a subject."""

    subject: Line
    outcome: Outcome
    rule: RuleId | None = None
    values: dict[str, Any] | None = None
    missing: tuple[Line, ...] | None = None
    evidence: tuple[Line, ...] | None = None


class Example(Content):
    """A small world in the rule's own file, and what the rule must say of it.

    `lacks` names, per entity, columns that were not delivered (an omitted field of a row is just empty).
    """

    name: Line
    as_of: Day
    parameters: dict[str, Any] = Field(default_factory=dict)
    facts: dict[str, Any]
    lacks: dict[str, tuple[Line, ...]] = Field(default_factory=dict)
    expect: tuple[Expected, ...] = Field(min_length=1)


class Equivalent(Content):
    """A mutant of the rule that no example can tell from it, and why."""

    mutant: Line
    reason: Line


class Rule(Content):
    """One rule: what it says, why, on which norm, its logic, its words, when it errs, and examples."""

    id: RuleId
    name: Name
    kind: Literal["norm", "signal"]
    severity: Severity
    stage: Stage
    since: Day
    addressee: Literal["contractor", "subcontractor", "municipality"]
    compartment: Compartment
    needs: tuple[Expression, ...] = ()
    number_day: Expression = "as_of"
    deviates_since: Expression | None = None
    about: Expression | None = None
    obligations: tuple[Line, ...] = ()
    norms: tuple[Norm, ...] = Field(min_length=1)
    title: Bilingual
    why: Bilingual
    subject: Expression
    let: dict[Ident, Expression] = Field(default_factory=dict)
    conditions: dict[Ident, Expression] = Field(min_length=1)
    applies_when: Expression | None = None
    flag_when: Expression
    evidence: dict[Ident, Expression] = Field(default_factory=dict)
    message: Bilingual
    clears: Bilingual
    limits: tuple[Bilingual, ...] = ()
    equivalent_mutants: tuple[Equivalent, ...] = ()
    examples: tuple[Example, ...] = ()

    @property
    def family(self) -> str:
        return self.id.split("-")[0]


class ParameterValue(Content):
    """A number (or a map by code, or a list of codes) and the first day from which it holds."""

    from_day: Annotated[date, Field(alias="from")]
    value: Any


Status = Literal["agreed", "by_reference", "technical", "proposed", "to_agree"]
USED: tuple[Status, ...] = ("agreed", "by_reference", "technical")
