"""The night as a whole: what it refuses, what it keeps only once, and what the next night finishes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from compliance.engine.sql.engine import SetEngine
from compliance.errors import InputError, Problem, StoreError, UsageError
from compliance.model.finding import Evaluation, Failure
from compliance.services.locking import locked
from compliance.services.nightly import followup
from compliance.services.nightly.followup import KeptNight, Step
from compliance.services.nightly.judged import READINGS
from compliance.services.nightly.night import NightOutcome, nightly
from compliance.services.nightly.verdict import night_verdict
from compliance.services.store import open_store
from tests.services.nightly.events import CONTRACT, DELIVERY, NUMBERS, RULES, UNNOTIFIED, first
from tests.services.nightly.replayed import assert_replayed
from tests.services.nightly.simulation import Simulation

pytestmark = pytest.mark.usefixtures("bare")
TOLD: list[int] = []


@pytest.fixture
def world(tmp_path: Path) -> Simulation:
    """A store in which the first deliveries lie in the inbox."""
    made = Simulation.begin(tmp_path, f"sqlite:///{tmp_path}/records.db", RULES, date(2027, 6, 1))
    first(made)
    return made


def tell(kept: KeptNight) -> None:
    """A step that notes the run it was called for."""
    TOLD.append(kept.receipt.number)


def runs(world: Simulation) -> list[int]:
    """The numbers of the runs kept."""
    with open_store(world.folder, world.database) as store:
        return [run.number for run in store.records.runs()]


def code(outcome: NightOutcome) -> tuple[int, str]:
    """With which exit code the night ends, and why."""
    found = night_verdict(outcome, "info", None)
    return found.code, found.reason


def test_nothing_new_is_kept_when_nothing_differs(world: Simulation) -> None:
    """The same day, facts, rules, numbers and decisions give no second run, and tell of the first."""
    nightly(world.request())
    outcome = nightly(world.request())
    assert runs(world) == [1]
    assert outcome.contracts[0].again
    assert outcome.contracts[0].answer.receipt.number == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda world: world.set_numbers(**{**NUMBERS, "complaint_days": 11}),
        lambda world: world.offer(client=[{"id": "p9"}]),
        lambda world: world.rewrite(RULES[2], "open_days > norm_days", "open_days >= norm_days"),
    ],
    ids=["numbers", "facts", "rules"],
)
def test_another_input_makes_another_run_of_the_same_day(
    world: Simulation, change: Callable[[Simulation], None]
) -> None:
    """Whatever can make a difference is judged, also twice on a day."""
    nightly(world.request())
    change(world)
    assert not nightly(world.request()).contracts[0].again
    assert runs(world) == [1, 2]


def test_a_second_night_is_refused_while_one_is_at_work(world: Simulation) -> None:
    """Who comes second is told who is at work, and changes nothing."""
    with (
        open_store(world.folder, world.database) as store,
        locked(store, "nightly"),
        pytest.raises(UsageError, match="Another process works in this store: nightly"),
    ):
        nightly(world.request())
    assert runs(world) == []


def test_a_clock_that_was_set_back_is_refused(world: Simulation) -> None:
    """A day before one that was judged is judged only when it is asked for by name."""
    world.pass_night()
    world.day -= timedelta(days=3)
    with pytest.raises(UsageError, match="the clock was set back"):
        nightly(world.request())
    outcome = nightly(world.request(as_of=world.day))
    assert outcome.contracts[0].answer.receipt.as_of == world.day
    with open_store(world.folder, world.database) as store:
        one, two = store.records.runs()
    assert two.known_at > one.known_at


def test_refused_rows_do_not_redden_the_night(world: Simulation) -> None:
    """Rows are refused to their supplier; the night is complete, and ends for what it found."""
    world.offer(complaint=[{"id": "k9", "contract_id": "c1", "organisation_id": "o1", "received_on": "soon"}])
    outcome = nightly(world.request())
    assert sum(file.refused for answer in outcome.intake for file in answer.files) == 1
    assert code(outcome) == (1, "exit.findings")
    told = [path.name for path in (world.folder / "reports" / "refusals" / "gemeente").iterdir()]
    assert [name.partition("-")[0] for name in told] == ["delivery"]


def test_a_file_refused_whole_makes_the_night_incomplete(world: Simulation) -> None:
    """What could be judged is kept, and the exit code says that something is missing."""
    folder = world.folder / "inbox" / "gemeente" / "broken"
    folder.mkdir()
    (folder / "delivery.parquet").write_bytes(b"no parquet at all")
    outcome = nightly(world.request())
    assert code(outcome) == (3, "nightly.exit_whole")
    assert [note.code for note in outcome.contracts[0].answer.notes] == ["files_refused_whole"]
    assert runs(world) == [1]


def test_a_rule_that_breaks_makes_the_night_incomplete_and_resolves_nothing(
    world: Simulation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others are judged, what the broken rule found stands, and the same day is judged again."""
    world.pass_night()
    whole = SetEngine.evaluate

    def broken(self: SetEngine, rules: Any, **asked: Any) -> Evaluation:
        rules = [rule for rule in rules if rule.id != "ACC-03"]
        found = whole(self, rules, **asked)
        return replace(found, failures=(Failure("ACC-03", "contract", "OutOfMemoryException"),))

    with monkeypatch.context() as patch:
        patch.setattr(SetEngine, "evaluate", broken)
        outcome = nightly(world.request())
    assert code(outcome) == (3, "exit.failed")
    assert world.standings()["ACC-03", "r1"].state == "open"
    again = nightly(world.request())
    assert not again.contracts[0].again
    assert code(again) == (1, "exit.findings")
    assert world.standings()["ACC-03", "r1"].state == "open"


def test_what_a_killed_night_left_is_finished_by_the_next(
    world: Simulation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A step that was not done is done by the next night, for the run it belongs to, and once."""
    TOLD.clear()
    monkeypatch.setattr(followup, "STEPS", (Step("tell", f"{__name__}:tell"),))
    monkeypatch.setattr("compliance.services.nightly.followup.import_module", lambda _: Here)
    with monkeypatch.context() as patch:
        patch.setattr(Here, "tell", staticmethod(_killed))
        with pytest.raises(KeyboardInterrupt):
            nightly(world.request())
    assert runs(world) == [1]
    nightly(world.request())
    assert TOLD == [1]
    world.day += timedelta(days=1)
    nightly(world.request())
    assert TOLD == [1, 2]


def test_a_step_that_cannot_be_done_is_told_and_tried_again(
    world: Simulation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that is full does not undo the run: it is incomplete until the step is done."""
    TOLD.clear()
    monkeypatch.setattr(followup, "STEPS", (Step("tell", f"{__name__}:tell"),))
    monkeypatch.setattr("compliance.services.nightly.followup.import_module", lambda _: Here)
    with monkeypatch.context() as patch:
        patch.setattr(Here, "tell", staticmethod(_full))
        outcome = nightly(world.request())
    assert [(one.run, one.step) for one in outcome.unfinished] == [(1, "tell")]
    assert code(outcome) == (3, "nightly.exit_unfinished")
    assert nightly(world.request()).unfinished == ()
    assert TOLD == [1]


class Here:
    """Where the steps of these tests stand."""

    tell = staticmethod(tell)


def _killed(_: KeptNight) -> None:
    raise KeyboardInterrupt


def _full(_: KeptNight) -> None:
    raise StoreError(Problem("reports", "store-write", "No space left on device."))


def test_a_store_without_a_contract_is_no_green_night(tmp_path: Path) -> None:
    """Nothing delivered is nothing assessed."""
    empty = Simulation.begin(tmp_path, f"sqlite:///{tmp_path}/records.db", RULES, date(2027, 6, 1))
    outcome = nightly(empty.request())
    assert outcome.contracts == ()
    assert code(outcome) == (4, "exit.nothing_assessed")


def test_each_contract_has_its_own_run(world: Simulation) -> None:
    """Two contracts are judged apart, each with what is its own; one can be asked for."""
    world.offer(
        contract=[{**CONTRACT, "id": "c2"}],
        subcontract=[{**UNNOTIFIED, "id": "s9", "contract_id": "c2"}],
    )
    outcome = nightly(world.request())
    found = {
        one.answer.receipt.contract: {standing.subject.id for standing in one.answer.standings}
        for one in outcome.contracts
    }
    assert "s9" in found["c2"]
    assert "s9" not in found["c1"]
    world.day += timedelta(days=1)
    alone = nightly(world.request(contract="c2"))
    assert [one.answer.receipt.contract for one in alone.contracts] == ["c2"]
    with pytest.raises(UsageError, match="There is no contract c3"):
        nightly(world.request(contract="c3"))


def test_wrong_numbers_are_told_before_anything_is_taken_in(world: Simulation) -> None:
    """A flaw in the store's own numbers stops the night while all is as before."""
    world.set_numbers(complaint_days="ten")
    with pytest.raises(InputError, match="complaint_days"):
        nightly(world.request())
    assert runs(world) == []
    assert list((world.folder / "inbox" / "gemeente").iterdir())


def test_reviews_weigh_and_are_told_as_facts(world: Simulation) -> None:
    """A finding that was confirmed before weighs a step more from the next night on, as a fact changed."""
    world.pass_night()
    standing = world.standings()["SUB-02", "s2"]
    with open_store(world.folder, world.database) as store:
        store.records.add_review(
            "c1",
            standing.rule,
            standing.subject,
            "confirmed",
            day=date(2027, 6, 1),
            by="anna",
            at=world.now - timedelta(hours=6),
        )
    told = world.pass_night()
    assert told["SUB-02", "s2"] == ("changed", ("late_fact",))
    assert world.standings()["SUB-02", "s2"].severity == "critical"


def test_a_clock_set_back_mixes_no_knowledge(world: Simulation) -> None:
    """What comes in after a run is recorded after it, whatever the clock says; the run stays as it was."""
    world.pass_night()
    world.day -= timedelta(days=30)
    world.offer(delivery=[{**DELIVERY, "id": "d2", "provider_id": "o5", "day": "2027-05-20"}])
    outcome = nightly(world.request(as_of=date(2027, 6, 2)))
    with open_store(world.folder, world.database) as store:
        one, two = store.records.runs()
        assert store.vault.facts_hash(one.known_at) == one.facts
        assert store.vault.last_moment is not None
        assert one.known_at < store.vault.last_moment < two.known_at
    assert outcome.contracts[0].answer.receipt.number == 2
    assert_replayed(world, 1, READINGS[-1])
