"""What a night did, for whoever watches it run: a few lines of text, or JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from compliance.model.night import NightAnswer, Offered, Standing
from compliance.model.rule import SEVERITIES
from compliance.reporting.blocks import Wording, reference_text
from compliance.reporting.findings.lines import causes_text
from compliance.reporting.findings.records import SCHEMA_VERSION, run_record, standing_record
from compliance.reporting.words import clean

SHOWN = 20  # of each kind of change
STATES = ("new", "reopened", "changed", "excepted", "resolved")


@dataclass(frozen=True, slots=True)
class NightSummary:
    """A night for one reader: per contract its answer, and whether it was judged before (`again`)."""

    answers: Sequence[tuple[NightAnswer, bool]]
    offered: Sequence[Offered] = ()  # the files of this night that the reader may be told of
    unfinished: Sequence[tuple[int, str, str]] = ()  # run, step, what was in the way


def moved(answer: NightAnswer) -> tuple[Standing, ...]:
    """The findings that stand otherwise since this run; those of the first run have no cause."""
    run = answer.receipt.number
    return tuple(
        one for one in answer.standings if one.since_run == run and (one.causes or one.first_run == run)
    )


def summary_json(summary: NightSummary) -> bytes:
    """The whole summary as one document."""
    data = {
        "schema_version": SCHEMA_VERSION,
        "nights": [_night(answer, again) for answer, again in summary.answers],
        "offered": [_file(one) for one in summary.offered],
        "unfinished": [{"run": run, "step": step} for run, step, _ in summary.unfinished],
    }
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()


def _night(answer: NightAnswer, again: bool) -> dict[str, Any]:
    counts = answer.counts
    return {
        **run_record(answer.receipt),
        "again": again,
        "compartments": list(answer.compartments),
        "counts": {
            "finding": counts.finding,
            "compliant": counts.compliant,
            "not_assessable": counts.not_assessable,
            "not_applicable": counts.not_applicable,
            "failed": counts.failed,
        },
        "standing": sum(one.stands for one in answer.standings),
        "changes": [standing_record(one) for one in moved(answer)],
        "failures": [
            {"rule": one.rule, "compartment": one.compartment}
            for one in answer.receipt.failures
            if one.compartment in answer.compartments
        ],
    }


def _file(offered: Offered) -> dict[str, Any]:
    return {
        "supplier": offered.supplier,
        "file": offered.file,
        "accepted": offered.accepted,
        "refused": offered.refused,
        "waiting": offered.waiting,
        "known": offered.known,
        "refused_whole": offered.whole,
    }


def summary_text(summary: NightSummary, say: Wording) -> bytes:
    """The summary in words."""
    lines = [*_intake(summary.offered, say)]
    for answer, again in summary.answers:
        lines += ["", *_answer(answer, again, say)] if lines else _answer(answer, again, say)
    for run, step, problem in summary.unfinished:
        lines.append(say("nightly.unfinished", run=run, step=say.name("nightly_step", step), problem=problem))
    return ("\n".join(lines) + "\n").encode(errors="replace")


def _intake(offered: Sequence[Offered], say: Wording) -> Iterator[str]:
    for supplier in dict.fromkeys(one.supplier for one in offered):
        files = [one for one in offered if one.supplier == supplier]
        yield say(
            "nightly.taken",
            supplier=supplier,
            accepted=sum(file.accepted for file in files),
            refused=sum(file.refused for file in files),
            waiting=sum(file.waiting for file in files),
        )
        for file in files:
            if file.whole:
                yield say("nightly.whole", file=clean(file.file))


def _answer(answer: NightAnswer, again: bool, say: Wording) -> Iterator[str]:
    receipt = answer.receipt
    told = {"run": receipt.number, "title": answer.title, "day": receipt.as_of.isoformat()}
    yield say("nightly.again" if again else "nightly.heading", **told)
    failed = sorted({one.rule for one in receipt.failures if one.compartment in answer.compartments})
    if failed:
        yield say("findings.incomplete", rules=", ".join(failed))
    for state in STATES:
        found = sorted((one for one in moved(answer) if one.state == state), key=_gravest_first)
        if found:
            yield f"{say.name('standing', state).capitalize()} ({len(found)})"
            yield from (_line(one, answer, say) for one in found[:SHOWN])
            if len(found) > SHOWN:
                yield say("digest.more", count=len(found) - SHOWN)
    stands = Counter(one.severity for one in answer.standings if one.stands)
    parts = [f"{stands[name]} {say.name('severity', name)}" for name in reversed(SEVERITIES) if stands[name]]
    counted = say.count("digest.standing", sum(stands.values()))
    yield f"{counted} {', '.join(parts)}".rstrip()
    counts = answer.counts
    yield say("nightly.counts", not_assessable=counts.not_assessable, compliant=counts.compliant)


def _gravest_first(one: Standing) -> tuple[int, str, str]:
    return -SEVERITIES.index(one.severity), one.rule, one.subject.id


def _line(one: Standing, answer: NightAnswer, say: Wording) -> str:
    title = answer.rules[one.rule].title.within(say.lang) if one.rule in answer.rules else ""
    label = answer.labels.get(one.subject, "")
    name = f"{reference_text(one.subject, say)} {label}".rstrip()
    why = f" ({causes_text(one.causes, say)})" if one.causes else ""
    return f"  {say.name('sign', one.severity)} {one.rule} {title}: {clean(name)}{why}"
