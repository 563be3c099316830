"""What a store tells of findings: how they stand, the whole life of one, what two runs differ in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from compliance.model.entities import Compartment
from compliance.model.kept import FindingNote, Reviewed
from compliance.model.night import Cause, Granted, NightReceipt, Standing
from compliance.model.rule import Rule

Turn = Literal["new", "changed", "resolved", "reopened", "excepted"]


@dataclass(frozen=True, slots=True)
class FindingsList:
    """How findings stand after a run, by rule and subject, within what a reader may see."""

    receipt: NightReceipt
    compartments: tuple[Compartment, ...]
    rules: Mapping[str, Rule]
    standings: tuple[Standing, ...] = ()


@dataclass(frozen=True, slots=True)
class Stretch:
    """How a finding stood from a run on, and what made it so."""

    receipt: NightReceipt
    standing: Standing


@dataclass(frozen=True, slots=True)
class FindingLife:
    """Everything kept of one finding, oldest first; `rule` is as the newest run read it."""

    rule: Rule | None
    stretches: tuple[Stretch, ...]
    exceptions: tuple[Granted, ...] = ()
    reviews: tuple[Reviewed, ...] = ()
    notes: tuple[FindingNote, ...] = ()


@dataclass(frozen=True, slots=True)
class Turned:
    """A finding that stands otherwise after the later run: how, why, and how it stood before."""

    turn: Turn
    causes: tuple[Cause, ...]
    before: Standing | None
    after: Standing


@dataclass(frozen=True, slots=True)
class FindingsDiff:
    """What two runs of a contract differ in, by rule and subject; `first` is None before the first run."""

    first: NightReceipt | None
    last: NightReceipt
    compartments: tuple[Compartment, ...]
    rules: Mapping[str, Rule]
    turned: tuple[Turned, ...] = ()
    inputs: tuple[str, ...] = field(default=())
