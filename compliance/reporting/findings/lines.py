"""Findings in words for a terminal: plain lines, the gravest first, each change with its cause."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from compliance.model.finding import RowRef
from compliance.model.findings import FindingLife, FindingsDiff, FindingsList, Turned
from compliance.model.night import Cause, NightReceipt, Standing
from compliance.model.rule import SEVERITIES, Rule
from compliance.reporting.blocks import Wording, reference_text
from compliance.reporting.findings.records import moment
from compliance.reporting.words import clean

TURNS = ("new", "reopened", "changed", "excepted", "resolved")


def list_lines(found: FindingsList, say: Wording) -> Iterator[str]:
    """The findings by severity and rule."""
    yield say("findings.heading", **_run(found.receipt))
    yield from _scope(found.receipt, found.compartments, say)
    by_rule: dict[tuple[int, str], list[Standing]] = {}
    for one in found.standings:
        by_rule.setdefault((-SEVERITIES.index(one.severity), one.rule), []).append(one)
    for (rank, rule), standings in sorted(by_rule.items(), key=lambda item: item[0]):
        severity = SEVERITIES[-rank]
        word = f"{say.name('sign', severity)} {say.name('severity', severity).upper()}"
        yield ""
        yield f"{word}  {rule} {_title(rule, found.rules, say)}".rstrip()
        for one in standings:
            yield from _standing(one, say)
    yield ""
    states = Counter(one.state for one in found.standings)
    told = [say(f"findings.{state}", count=states[state]) for state in states]
    counted = say.count("findings.count", len(found.standings))
    yield f"{counted} ({', '.join(told)})" if told else counted


def diff_lines(diff: FindingsDiff, say: Wording) -> Iterator[str]:
    """What stands otherwise, by how, with its causes."""
    if diff.first is None:
        yield say("findings.diff_first", **_run(diff.last))
    else:
        told = {**_run(diff.last), "first": diff.first.number, "first_day": diff.first.as_of.isoformat()}
        yield say("findings.diff_heading", **told)
    yield from _scope(diff.last, diff.compartments, say)
    if diff.inputs:
        names = ", ".join(say(f"findings.input_{name}") for name in diff.inputs)
        yield say("findings.inputs", names=names)
    for turn in TURNS:
        mine = [one for one in diff.turned if one.turn == turn]
        if mine:
            yield ""
            yield f"{say.name('standing', turn).capitalize()} ({len(mine)})"
            for one in mine:
                yield from _turned(one, diff.rules, say)
    yield ""
    yield say.count("findings.diff_count", len(diff.turned))


def life_lines(life: FindingLife, say: Wording) -> Iterator[str]:
    """The life of one finding, oldest first."""
    newest = life.stretches[-1].standing
    title = life.rule.title.within(say.lang) if life.rule else ""
    yield f"{newest.rule} {title}".rstrip()
    yield f"{reference_text(newest.subject, say)} · {newest.fingerprint}"
    for one in life.stretches:
        standing = one.standing
        why = f": {causes_text(standing.causes, say)}" if standing.causes else ""
        state = say.name("standing", standing.state)
        grave = say.name("severity", standing.severity)
        yield ""
        yield say("findings.life_run", **_run(one.receipt)) + f"  {state}{why} · {grave}"
        if standing.outcome != "finding":
            yield f"    {say.name('outcome', standing.outcome)}"
        elif text := _message(standing, say):
            yield f"    {text}"
    for granted in life.exceptions:
        days = {"first_day": granted.first_day.isoformat(), "last_day": granted.last_day.isoformat()}
        who = granted.approved_by or granted.requested_by
        key = "revoked" if granted.revoked_at else "approved" if granted.approved_at else "requested"
        yield ""
        yield say(f"findings.exception_{key}", by=who, reason=granted.reason, **days)
    for review in life.reviews:
        yield say(f"findings.review_{review.kind}", by=review.recorded_by, day=review.day.isoformat())
    for note in life.notes:
        yield say("findings.note", by=note.written_by, at=moment(note.written_at) or "", text=note.text)


def causes_text(causes: Iterable[Cause], say: Wording) -> str:
    """The causes in words, the main one first."""
    return ", ".join(say.name("cause", cause) for cause in causes)


def _run(receipt: NightReceipt) -> dict[str, object]:
    return {
        "run": receipt.number,
        "contract": receipt.contract,
        "day": receipt.as_of.isoformat(),
        "known_at": moment(receipt.known_at) or "",
    }


def _scope(receipt: NightReceipt, compartments: Sequence[str], say: Wording) -> Iterator[str]:
    names = ", ".join(say.name("compartment", name) for name in compartments)
    yield say("findings.scope", known_at=moment(receipt.known_at) or "", compartments=names)
    failed = [one for one in receipt.failures if one.compartment in compartments]
    if failed:
        yield say("findings.incomplete", rules=", ".join(sorted({one.rule for one in failed})))


def _title(rule: str, rules: Mapping[str, Rule], say: Wording) -> str:
    return rules[rule].title.within(say.lang) if rule in rules else ""


def _message(standing: Standing, say: Wording) -> str:
    return clean(standing.record.get("message", {}).get(say.lang, ""))


def _standing(one: Standing, say: Wording) -> Iterator[str]:
    state = say.name("standing", one.state)
    why = f": {causes_text(one.causes, say)}" if one.causes else ""
    seen = say("findings.since", day=one.first_day.isoformat(), run=one.since_run)
    yield f"  • {_subject(one.subject, say)}  {state}{why} · {seen}"
    if one.outcome != "finding":
        yield f"    {say.name('outcome', one.outcome)}"
    elif text := _message(one, say):
        yield f"    {text}"


def _turned(one: Turned, rules: Mapping[str, Rule], say: Wording) -> Iterator[str]:
    after = one.after
    grave = say.name("severity", after.severity)
    why = f" · {causes_text(one.causes, say)}" if one.causes else ""
    yield f"  • {after.rule} {_subject(after.subject, say)}  {grave}{why}"
    if after.outcome == "finding":
        yield f"    {_message(after, say) or _title(after.rule, rules, say)}"
    else:
        yield f"    {_title(after.rule, rules, say)}: {say.name('outcome', after.outcome)}"


def _subject(subject: RowRef, say: Wording) -> str:
    return reference_text(subject, say)
