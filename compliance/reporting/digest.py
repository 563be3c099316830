"""What changed in a night, in a few lines for somebody who is told of it by mail or message.

It counts, names rules, organisations and where to look; of residents, staff and their care only how many.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import PurePosixPath
from typing import Any

from compliance.model.entities import Compartment
from compliance.model.finding import RowRef
from compliance.model.night import Granted, NightAnswer, NightReceipt, Offered, Standing, State
from compliance.model.rule import SEVERITIES, Severity
from compliance.model.run import severity_rank
from compliance.model.schema import entities
from compliance.reporting.blocks import Wording
from compliance.reporting.words import clean

TOLD: tuple[State, ...] = ("new", "reopened", "changed", "excepted", "resolved")  # order of telling
NAMED = ("organisation", "contract", "district")  # whose name or id may stand in a mail
NAMES_SHOWN = 10
LEAD = "  "


@dataclass(frozen=True, slots=True)
class Digest:
    """What of a run is worth telling one reader: changes of at least a severity, and what went wrong."""

    receipt: NightReceipt
    contract: str
    changes: tuple[Standing, ...] = ()
    titles: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    labels: Mapping[RowRef, str] = field(default_factory=dict)
    lapsing: tuple[Granted, ...] = ()
    broken_files: tuple[Offered, ...] = ()
    broke: bool = False
    standing: int = 0

    @property
    def worth_telling(self) -> bool:
        """Whether anything is new: a finding changed, a file was refused whole, or the run is incomplete."""
        return bool(self.changes or self.broken_files or self.broke)

    def counts(self) -> dict[str, int]:
        """How many findings came to each state in this run."""
        found = Counter(item.state for item in self.changes)
        return {state: found[state] for state in TOLD}


@dataclass(frozen=True, slots=True)
class DigestText:
    """The digest in one language; `facts` is the same as data."""

    subject: str
    text: str
    facts: Mapping[str, Any]


def compose_digest(
    answer: NightAnswer, compartments: tuple[Compartment, ...], least: Severity = "info"
) -> Digest:
    """What the run tells a reader of those compartments, at that severity or graver.

    An exception about to lapse is told beside other news, not alone: it would be told every night.
    """
    visible = [item for item in answer.standings if item.compartment in compartments]
    receipt, grave = answer.receipt, severity_rank(least)
    changes = [
        item
        for item in visible
        if item.since_run == receipt.number and item.state in TOLD and severity_rank(item.severity) >= grave
    ]
    shown = {name for name, spec in entities().items() if spec.compartment in compartments}
    return Digest(
        receipt=receipt,
        contract=answer.title or receipt.contract,
        changes=tuple(sorted(changes, key=_order)),
        titles={name: (rule.title.nl, rule.title.en) for name, rule in answer.rules.items()},
        labels=answer.labels,
        lapsing=tuple(item for item in answer.lapsing if _compartment(answer, item) in compartments),
        broken_files=tuple(item for item in answer.offered if item.whole and _brought(item) <= shown),
        broke=not receipt.complete and (answer.previous is None or answer.previous.complete),
        standing=sum(1 for item in visible if item.stands),
    )


def _brought(item: Offered) -> set[str]:
    """The entities of a file's rows; of one that could not be read at least what its name says."""
    named = PurePosixPath(item.file).name.partition(".")[0]
    return set(item.entities) | ({named} if named in entities() else set())


def _compartment(answer: NightAnswer, item: Granted) -> Compartment | None:
    rule = answer.rules.get(item.rule)
    return rule.compartment if rule else None


def _order(item: Standing) -> tuple[int, int, str, str]:
    return TOLD.index(item.state), -severity_rank(item.severity), item.rule, str(item.subject)


def render_digest(digest: Digest, say: Wording, place: str) -> DigestText:
    """The digest in the language of `say`; `place` is the store to look in."""
    lines = list(_lines(digest, say, place))
    return DigestText(_subject(digest, say), "\n".join(lines) + "\n", _facts(digest))


def _subject(digest: Digest, say: Wording) -> str:
    told = [say.count(f"digest.{state}", count) for state, count in digest.counts().items() if count]
    if digest.broke:
        told.append(say("digest.incomplete_short"))
    if digest.broken_files:
        told.append(say.count("digest.files", len(digest.broken_files)))
    return say("digest.subject", run=digest.receipt.number, contract=digest.receipt.contract,
               changes=", ".join(told))  # fmt: skip


def _lines(digest: Digest, say: Wording, place: str) -> Iterator[str]:
    receipt = digest.receipt
    yield say("digest.head", run=receipt.number, contract=digest.contract, as_of=receipt.as_of)
    yield say.count("digest.standing", digest.standing)
    if not receipt.complete:
        yield ""
        yield say.count("digest.incomplete", len(receipt.failures))
    for item in digest.broken_files:
        yield ""
        yield say("digest.file", file=item.file, supplier=item.supplier)
    for state, items in groupby(digest.changes, key=lambda item: item.state):
        found = list(items)
        yield ""
        yield f"{say.count(f'digest.{state}', len(found)).upper()}"
        yield from _rules(found, digest, say)
    if digest.lapsing:
        yield ""
        yield say.count("digest.lapsing", len(digest.lapsing))
    yield ""
    yield say("digest.where", place=place)
    yield f"{LEAD}compliance findings list --store {place}"
    yield say("digest.question")


def _rules(found: Sequence[Standing], digest: Digest, say: Wording) -> Iterator[str]:
    for (severity, rule), group in groupby(found, key=lambda item: (item.severity, item.rule)):
        items = list(group)
        titles = digest.titles.get(rule, (rule, rule))
        title = titles[0 if say.lang == "nl" else 1]
        yield clean(f"{say.name('sign', severity)} {say.name('severity', severity)}  {rule} {title}")
        yield f"{LEAD}{_subjects(items, digest, say)}"


def _subjects(items: Sequence[Standing], digest: Digest, say: Wording) -> str:
    """Names of organisations and districts; of anything else how many there are."""
    named = [_name(item.subject, digest) for item in items if item.subject.entity in NAMED]
    others = Counter(item.subject.entity for item in items if item.subject.entity not in NAMED)
    told = named[:NAMES_SHOWN]
    if len(named) > NAMES_SHOWN:
        told.append(say("digest.more", count=len(named) - NAMES_SHOWN))
    told += [f"{count} × {say.name('entity', entity)}" for entity, count in sorted(others.items())]
    return ", ".join(told)


def _name(subject: RowRef, digest: Digest) -> str:
    label = digest.labels.get(subject)
    return clean(f"{label} ({subject.id})" if label else subject.id)


def _facts(digest: Digest) -> dict[str, Any]:
    receipt = digest.receipt
    severities = Counter(item.severity for item in digest.changes)
    return {
        "contract": receipt.contract,
        "run": receipt.number,
        "as_of": receipt.as_of.isoformat(),
        "complete": receipt.complete,
        "states": digest.counts(),
        "severities": {name: severities[name] for name in reversed(SEVERITIES) if severities[name]},
        "files_refused": len(digest.broken_files),
    }
