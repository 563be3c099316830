"""The rule engine's process may crash, stall or lie: the run fails, and no finding is lost."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from types import TracebackType
from typing import Any, Self

import pytest

from compliance.engine.judge import Declarations, Judgement, judge, judgement
from compliance.engine.judge.isolation import (
    EngineError,
    Limits,
    Match,
    RuleProcess,
    Ruleset,
    engine_paths,
)
from compliance.model.finding import Observation, RowRef
from compliance.model.rule import Severity
from compliance.model.run import Note

needs_engine = pytest.mark.skipif(engine_paths() is None, reason="durable-rules does not import here")
READY = "print('{\"unavailable\": false}', flush=True); "


@dataclass(frozen=True)
class Meta:
    """What a rule says of itself."""

    severity: Severity = "critical"
    family: str = "SUB"


def judged(declarations: Declarations, engine: Callable[[], Any] | None) -> Judgement:
    """The judgement of one critical finding, by this engine."""
    finding = Observation("SUB-01", RowRef("organisation", "o1"), "finding", about="o1")
    return judge(
        [finding], {"SUB-01": Meta()}, declarations, [], date(2027, 6, 1), contract="c1", engine=engine
    )


def child(code: str) -> list[str]:
    """A child that runs this code instead of the engine."""
    return [sys.executable, "-I", "-S", "-c", code]


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("import os; os.abort()", "ended without an answer"),
        (READY + "import os; os.kill(os.getpid(), 11)", "ended without an answer"),
        ("print('{}')", "ended without an answer"),
        ("import os; os.write(1, b'\\xff' * 9)", "ended without an answer"),
        (f"import os, time; os.close(0); {READY}time.sleep(60)", "ended without an answer"),
        (READY + "input(); print('nonsense')", "ended without an answer"),
        (READY + "input(); print('[]')", "ended without an answer"),
        (READY + 'input(); print(\'{"error": "MemoryError"}\')', "reported MemoryError"),
        (READY + 'input(); print(\'{"matches": [], "caught": 0, "different": 0}\')', "lost facts"),
        (READY + 'input(); print(\'{"matches": [], "caught": 1, "different": 1}\')', "readings disagree"),
        (READY + 'input(); print(\'{"matches": 7, "caught": 1, "different": 1}\')', "not asked"),
        (READY + 'input(); print(\'{"matches": [["x"]], "caught": 1, "different": 1}\')', "not asked"),
    ],
)
def test_broken_child_is_a_failure_and_loses_nothing(shipped: Declarations, code: str, message: str) -> None:
    """Whatever the child does wrong, the run fails and still shows finding and dossier."""
    found = judged(shipped, partial(RuleProcess, command=child(code)))
    (failure,) = found.failures
    assert message in failure.message
    assert failure.rule == judgement.FAILED
    assert [one.severity for one in found.judged] == ["critical"]
    assert [dossier.organisation for dossier in found.dossiers] == ["o1"]


def test_stalled_child_is_stopped(shipped: Declarations) -> None:
    """A child that does not answer in time is ended, and the run fails."""
    code = "import time; time.sleep(600)"
    found = judged(shipped, partial(RuleProcess, Limits(seconds=1), child(code)))
    assert "no answer within 1 seconds" in found.failures[0].message


def test_child_that_does_not_start_is_a_failure(shipped: Declarations) -> None:
    """A command that is not there fails the run."""
    found = judged(shipped, partial(RuleProcess, command=["/nowhere/python"]))
    assert "did not start" in found.failures[0].message


def test_missing_engine_is_a_note_not_a_failure(shipped: Declarations) -> None:
    """Where durable-rules does not import, the plain reading answers alone and says so."""
    found = judged(shipped, partial(RuleProcess, command=child("print('{\"unavailable\": true}')")))
    assert (found.failures, found.notes) == ((), (Note(judgement.PLAIN_ONLY),))
    assert [dossier.organisation for dossier in found.dossiers] == ["o1"]


def test_python_without_the_engine_starts_no_child(
    shipped: Declarations, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On Python 3.13 and later no child is started at all."""
    monkeypatch.setattr(sys, "version_info", (3, 13))
    assert engine_paths() is None
    assert judged(shipped, None).notes == (Note(judgement.PLAIN_ONLY),)


def test_engine_that_is_not_installed_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package there are no paths to import it from."""
    monkeypatch.setattr("compliance.engine.judge.isolation.find_spec", lambda _: None)
    assert engine_paths() is None


def test_engine_without_paths_is_missing(shipped: Declarations, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that finds no engine to start says so instead of failing."""
    monkeypatch.setattr("compliance.engine.judge.isolation.engine_paths", lambda: None)
    assert judged(shipped, RuleProcess).notes == (Note(judgement.PLAIN_ONLY),)


class Forbidden:
    """An engine that must not be asked."""

    def __enter__(self) -> Self:
        raise AssertionError

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def matches(self, ruleset: Ruleset) -> frozenset[Match]:
        raise AssertionError(ruleset)


def test_no_findings_no_engine(shipped: Declarations) -> None:
    """Without a finding no engine is started, and other outcomes pass as they are."""
    gap = Observation("SUB-01", RowRef("organisation", "o1"), "not_assessable", about="o1")
    found = judge([gap], {"SUB-01": Meta()}, shipped, [], date(2027, 6, 1), contract="c1", engine=Forbidden)
    assert [(one.status, one.severity) for one in found.judged] == [("open", "critical")]
    assert found.dossiers == ()


def ruleset(*facts: Mapping[str, Any]) -> Ruleset:
    """One rule for facts of kind k, over these facts."""
    return Ruleset({"r": [{"$and": [{"kind": "k"}, {"$gte": {"n": 2}}]}]}, ("k",), facts)


@needs_engine
def test_engine_matches_facts() -> None:
    """The child runs durable-rules: it matches what it should, question after question."""
    with RuleProcess() as process:
        for _ in range(2):
            facts = [{"id": f"k:{n}", "kind": "k", "n": n} for n in (-1, 1, 2, 3)]
            assert process.matches(ruleset(*facts)) == {("r", "k:2"), ("r", "k:3")}


@needs_engine
def test_memory_limit_ends_the_child() -> None:
    """A child that needs more memory than it may have fails instead of taking it."""
    facts = [{"id": f"k:{n}", "kind": "k", "n": n} for n in range(30_000)]
    with RuleProcess(Limits(memory_mib=100)) as process, pytest.raises(EngineError):
        process.matches(ruleset(*facts))


@needs_engine
def test_fact_of_no_known_kind_is_not_lost() -> None:
    """A fact that no rule takes fails the question instead of vanishing."""
    with RuleProcess() as process, pytest.raises(EngineError, match="MessageNotHandledException"):
        process.matches(ruleset({"id": "x:1", "kind": "x", "n": 1}))


@pytest.mark.parametrize(
    "facts",
    [
        [{"id": "k:1", "kind": "k"}, {"id": "k:1", "kind": "k"}],
        [{"id": "k:1", "kind": "k", "sid": "1"}],
        [{"id": "k:1", "kind": "k", "n": 1.5}],
        [{"id": "k:1", "kind": "k", "n": None}],
        [{"id": "k:1", "kind": "k", "n": True}],
        [{"id": "k:1", "kind": "k", "n": ["a"]}],
        [{"id": "k:1", "kind": "k", "n": "a" * 201}],
    ],
)
def test_facts_that_hurt_the_engine_are_not_sent(facts: list[dict[str, Any]]) -> None:
    """Equal ids, reserved names, floats, nulls, flags, lists and long texts never reach the engine."""
    with RuleProcess(command=["/nowhere/python"]) as process, pytest.raises(EngineError, match="fact"):
        process.matches(ruleset(*facts))


def test_too_many_rules_are_not_sent() -> None:
    """The engine is never given more rules than may match one fact."""
    many = Ruleset({f"r{n}": [] for n in range(61)}, (), [])
    with RuleProcess(command=["/nowhere/python"]) as process, pytest.raises(EngineError, match="too many"):
        process.matches(many)
