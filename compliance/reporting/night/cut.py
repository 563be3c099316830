"""Cuts a night's answer to what an audience may see: the one place where that is decided.

What cannot be cut exactly (a dossier, a count over several compartments) is left out rather than guessed.
Everything after this works on the cut answer and cannot show more.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from compliance.model.entities import Compartment
from compliance.model.finding import Counts, RowRef
from compliance.model.indicator import Measure
from compliance.model.night import Ahead, Granted, NightAnswer, NightReceipt, Offered, Owed, Standing
from compliance.model.rule import Rule
from compliance.model.run import Gap, sum_counts
from compliance.model.schema import SCOPE_BITS, entities
from compliance.reporting.night.audience import Audience
from compliance.reporting.night.suppress import LEAST, shown_count, suppressed

NOBODY = RowRef("", "")
TOO_FEW = "too_few"  # stands in a measure's `lacks` where its count is too small to show


def for_reading(answer: NightAnswer, audience: Audience) -> NightAnswer:
    """The answer as this audience may see it; cutting it again changes nothing."""
    seen = tuple(name for name in answer.compartments if name in audience.compartments)
    rules = rules_for(answer.rules, audience, seen)
    whole = len(seen) == len(answer.compartments)
    all_rules = whole and len(rules) == len(answer.rules)
    cut = replace(
        answer,
        receipt=_receipt(answer.receipt, rules, answer.counts_by_rule, seen),
        previous=_receipt(answer.previous, rules, {}, seen) if answer.previous else None,
        compartments=seen,
        rules=rules,
        counts=_counts(answer.counts_by_rule, rules, answer.receipt, seen),
        counts_by_rule={name: counts for name, counts in answer.counts_by_rule.items() if name in rules},
        standings=tuple(one for one in answer.standings if _may_see(one, rules, answer, audience)),
        dossiers=answer.dossiers if all_rules else (),
        gaps=tuple(_gaps(answer.gaps, rules, seen)),
        owed=tuple(_owed(answer.owed, rules, audience)),
        ahead=tuple(_ahead(answer, rules, audience)),
        lapsing=tuple(_lapsing(answer, rules, audience)),
        offered=tuple(_offered(answer, audience, seen, whole_reading=whole and len(seen) == len(SCOPE_BITS))),
        trend=answer.trend if all_rules or (whole and audience.aggregates) else (),
        notes=() if audience.release else answer.notes,
    )
    return _aggregated(cut) if audience.aggregates else _named(cut)


def rules_for(rules: Mapping[str, Rule], audience: Audience, seen: Iterable[Compartment]) -> dict[str, Rule]:
    """The rules whose findings the audience may see, of the compartments seen."""
    within = frozenset(seen) & frozenset(audience.compartments)
    return {
        name: rule
        for name, rule in rules.items()
        if rule.compartment in within
        and rule.addressee in audience.addressees
        and rule.kind in audience.kinds
    }


def _receipt(
    receipt: NightReceipt,
    rules: Mapping[str, Rule],
    counts: Mapping[str, Counts],
    seen: tuple[Compartment, ...],
) -> NightReceipt:
    """The receipt without what depends on facts outside the reading: hashes of facts and exceptions."""
    failures = tuple(one for one in receipt.failures if one.compartment in seen and one.rule in rules)
    return replace(
        receipt,
        facts="",
        exceptions="",
        rules=len(rules),
        failures=failures,
        counts=_counts(counts, rules, receipt, seen),
        notes=(),
    )


def _counts(
    counts: Mapping[str, Counts],
    rules: Mapping[str, Rule],
    receipt: NightReceipt,
    seen: tuple[Compartment, ...],
) -> Counts:
    failed = sum(1 for one in receipt.failures if one.compartment in seen and one.rule in rules)
    return sum_counts({name: found for name, found in counts.items() if name in rules}, failed)


def _may_see(one: Standing, rules: Mapping[str, Rule], answer: NightAnswer, audience: Audience) -> bool:
    if one.rule not in rules or one.compartment not in audience.compartments:
        return False
    return its_own(one.subject, rules[one.rule], audience, answer.parties, answer.own)


def its_own(
    subject: RowRef,
    rule: Rule,
    audience: Audience,
    parties: Mapping[RowRef, str],
    own: Collection[str],
) -> bool:
    """Whether it tells nothing of another party's own affairs; of an unknown party nothing is told."""
    if not audience.own_only or not tells_of(rule, audience.own_only):
        return True
    return parties.get(subject, "") in own


def tells_of(rule: Rule, words: Iterable[str]) -> bool:
    """Whether one of the words stands in what the rule reads."""
    read = " ".join(
        (
            rule.subject,
            rule.applies_when or "",
            rule.flag_when,
            rule.about or "",
            *rule.needs,
            *rule.let.values(),
            *rule.conditions.values(),
            *rule.evidence.values(),
        )
    )
    return any(re.search(rf"\b{re.escape(word)}\b", read) for word in words)


def _gaps(gaps: Iterable[Gap], rules: Mapping[str, Rule], seen: Iterable[Compartment]) -> Iterable[Gap]:
    for gap in gaps:
        held = tuple(name for name in gap.rules if name in rules)
        if held and _visible_entity(gap.name.partition(".")[0], seen):
            yield Gap(gap.name, held)


def _owed(owed: Iterable[Owed], rules: Mapping[str, Rule], audience: Audience) -> Iterable[Owed]:
    """What is owed within the reading; the number of subjects is 0 (not told) where it cannot be cut."""
    for one in owed:
        held = tuple(name for name in one.rules if name in rules)
        entity = one.missing.field.partition(".")[0]
        if not held or (entity and not _visible_entity(entity, audience.compartments)):
            continue
        if not audience.owners or one.owner in audience.owners:
            yield replace(one, rules=held, subjects=one.subjects if held == one.rules else 0)


def _visible_entity(entity: str, seen: Iterable[Compartment]) -> bool:
    spec = entities().get(entity)
    return spec is not None and spec.compartment in ("contract", *seen)


def _ahead(answer: NightAnswer, rules: Mapping[str, Rule], audience: Audience) -> Iterable[Ahead]:
    for one in answer.ahead:
        if one.rule in rules and its_own(one.subject, rules[one.rule], audience, answer.parties, answer.own):
            yield one


def _lapsing(answer: NightAnswer, rules: Mapping[str, Rule], audience: Audience) -> Iterable[Granted]:
    """Exceptions within the reading; outside the municipality without reason and names of staff."""
    for one in answer.lapsing:
        if one.rule not in rules or not its_own(
            one.subject, rules[one.rule], audience, answer.parties, answer.own
        ):
            continue
        yield replace(one, reason="", requested_by="", approved_by="") if audience.release else one


def _offered(
    answer: NightAnswer, audience: Audience, seen: Iterable[Compartment], *, whole_reading: bool
) -> Iterable[Offered]:
    """Files of which every row may be seen; of one refused whole, whose rows nobody knows, only that."""
    if audience.release:
        return
    for one in answer.offered:
        if (one.entities or whole_reading) and all(_visible_entity(name, seen) for name in one.entities):
            yield one
        elif not one.entities and one.whole:
            yield replace(one, file="", sha256="")


def _named(answer: NightAnswer) -> NightAnswer:
    """Only names of what is shown are kept."""
    shown = {RowRef("contract", answer.receipt.contract)}
    for one in answer.standings:
        shown.add(one.subject)
        shown.update(RowRef(fact["entity"], fact["id"]) for fact in one.record.get("evidence", ()))
    shown.update(one.subject for one in answer.ahead)
    shown.update(one.subject for one in answer.lapsing)
    shown.update(RowRef("organisation", one.organisation) for one in answer.dossiers)
    return replace(
        answer,
        labels={ref: label for ref, label in answer.labels.items() if ref in shown},
        parties={ref: party for ref, party in answer.parties.items() if ref in shown},
    )


def _aggregated(answer: NightAnswer) -> NightAnswer:
    """Nothing that could name anybody: how many there are of each rule and severity, and no more."""
    return replace(
        answer,
        standings=tuple(replace(one, fingerprint="", subject=NOBODY, record={}) for one in answer.standings),
        dossiers=(),
        gaps=(),
        owed=(),
        ahead=(),
        lapsing=(),
        offered=(),
        labels={},
        own=frozenset(),
        parties={},
        notes=(),
        measures=_measures(answer.measures),
        series=(),
    )


def _measures(measures: Iterable[Measure]) -> tuple[Measure, ...]:
    """Without small counts, reported rows (free text, perhaps about very few), and what one person waits."""
    kept = [one for one in measures if one.code not in ("reported", "wait_longest")]
    parts: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for one in kept:
        if one.unit == "count" and one.part and one.value is not None:
            parts[one.code][one.part] = int(one.value)
    shown = {code: suppressed(counts) for code, counts in parts.items()}
    started = next((one.value or 0 for one in kept if one.code == "inflow"), 0)
    return tuple(_small_left_out(one, shown) for one in kept if one.code != "wait_median" or started >= LEAST)


def _small_left_out(one: Measure, shown: Mapping[str, Mapping[str, int | None]]) -> Measure:
    if one.unit != "count" or one.value is None:
        return one
    left = shown[one.code][one.part] if one.part else shown_count(int(one.value))
    return one if left is not None else replace(one, value=None, target=None, lacks=(TOO_FEW,))
