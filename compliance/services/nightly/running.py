"""One contract judged for one night: judged, compared with its last run, and made ready to be kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from compliance import __version__
from compliance.model.finding import Counts
from compliance.model.night import Night, NightReceipt, Standing
from compliance.model.rule import Outcome
from compliance.model.run import Note, sum_counts
from compliance.services.check import Ground
from compliance.services.nightly.causes import explainer
from compliance.services.nightly.compare import Causes, Explain, Found, Shift, compare
from compliance.services.nightly.differing import changed_entities
from compliance.services.nightly.judged import NightJudgement, judge_night, outcomes_of
from compliance.services.nightly.standpoint import Standpoint, standpoint_of_run
from compliance.services.nightly.views import Views
from compliance.services.nightly.worlds import FactWorlds, differences
from compliance.services.store import Store


def receipt_of(store: Store, point: Standpoint, started_at: datetime, notes: Sequence[Note]) -> NightReceipt:
    """What the run will be judged with; nothing is judged yet."""
    return NightReceipt(
        number=0,
        contract=point.contract,
        as_of=point.as_of,
        known_at=point.known_at,
        started_at=started_at,
        finished_at=started_at,
        product=__version__,
        rulebook=point.book.hash,
        numbers=point.figures.hash,
        facts=store.vault.facts_hash(point.known_at),
        exceptions=point.decisions,
        rules=len(point.book.rulebook.judged),
        notes=tuple(notes),
    )


def same_inputs(one: NightReceipt, other: NightReceipt) -> bool:
    """Whether a run would judge what another did: its outcome would be the same, and nothing new is kept."""
    names = ("contract", "as_of", "product", "rulebook", "numbers", "facts", "exceptions")
    return all(getattr(one, name) == getattr(other, name) for name in names) and other.complete


def run_contract(
    store: Store, point: Standpoint, receipt: NightReceipt, last: NightReceipt | None, views: Views
) -> Night:
    """All that this run will keep.

    Raises: StoreError when what the last run judged with cannot be read.
    """
    ground = point.ground(views.whole(point.known_at))
    judgement = judge_night(ground)
    before = store.records.standings(point.contract, last.number) if last else ()
    found = Found(
        run=0,
        as_of=point.as_of,
        results=judgement.results,
        failed=judgement.failed_rules,
        elsewise=_elsewise(before, judgement, ground),
        exempted=point.exempted,
        first=last is None,
    )
    counts: Mapping[str, Counts] = judgement.counts
    return Night(
        receipt=replace(
            receipt,
            counts=sum_counts(counts, len(judgement.failures)),
            failures=judgement.failures,
            notes=(*receipt.notes, *judgement.notes),
        ),
        counts_by_rule=counts,
        results=judgement.results,
        standings=compare(before, found, _explain(store, point, last, views)),
        dossiers=judgement.dossiers,
    )


def _explain(store: Store, point: Standpoint, last: NightReceipt | None, views: Views) -> Explain:
    """The function that finds causes; what earlier runs judged with is read when the first is asked for."""

    def explain(shifts: Sequence[Shift]) -> Mapping[str, Mapping[str, Causes]]:
        if last is None:
            return {}
        by_run: defaultdict[int, list[Shift]] = defaultdict(list)
        for shift in shifts:
            by_run[_base(shift, last)].append(shift)
        found: dict[str, Mapping[str, Causes]] = {}
        for number, mine in by_run.items():
            receipt = last if number == last.number else store.records.run(number)
            found |= _explained(store, point, receipt or last, views, mine)
        return found

    return explain


def _base(shift: Shift, last: NightReceipt) -> int:
    """The run to compare with: the last one, or when its rule broke then, the one that last found it."""
    before = shift.before
    found = before is not None and before.stands and before.outcome == "finding"
    return before.last_run if before is not None and found else last.number


def _explained(
    store: Store, point: Standpoint, receipt: NightReceipt, views: Views, shifts: Sequence[Shift]
) -> Mapping[str, Mapping[str, Causes]]:
    earlier = standpoint_of_run(store, receipt)
    then = earlier.inputs(lambda names: views.part(earlier.known_at, names))
    now = point.inputs(lambda names: views.part(point.known_at, names))
    changed = changed_entities(store.vault, earlier.known_at, point.known_at)
    worlds = FactWorlds(point.contract, then, now)
    return explainer(differences(then, now, changed), worlds)(shifts)


def _elsewise(before: Iterable[Standing], judgement: NightJudgement, ground: Ground) -> Mapping[str, Outcome]:
    """What rules say of the subjects that were found before and are neither found nor unknown now."""
    now = {result.fingerprint for result in judgement.results}
    wanted: defaultdict[str, list[str]] = defaultdict(list)
    for standing in before:
        if (
            standing.stands
            and standing.fingerprint not in now
            and standing.rule not in judgement.failed_rules
        ):
            wanted[standing.rule].append(standing.subject.id)
    return outcomes_of(ground, wanted) if wanted else {}
