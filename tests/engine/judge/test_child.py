"""The child's own part, without durable-rules: definitions, recording, and failures as answers."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

from compliance.engine.judge import child


class Host:
    """A host that lets every rule match each fact that is asserted, in order of priority."""

    exception: str | None = None
    definitions: dict[str, Any]

    def __init__(self, definitions: dict[str, Any]) -> None:
        self.definitions = definitions
        self._run()

    def _run(self) -> None:
        raise AssertionError

    def assert_fact(self, ruleset: str, fact: dict[str, Any]) -> None:
        for rule in sorted(self.definitions[ruleset].values(), key=lambda rule: int(rule["pri"])):
            rule["run"](SimpleNamespace(_m={next(iter(pattern)): fact for pattern in rule["all"]}))

    def get_state(self, ruleset: str) -> dict[str, Any]:
        return {"sid": "0", "ruleset": ruleset} | ({"exception": self.exception} if self.exception else {})


class BrokenHost(Host):
    """A host of which an action failed, which the engine tells in its state alone."""

    exception = "exception caught"


REQUEST = {"rules": {"b": [{"x": 1}], "a": [{"x": 1}]}, "kinds": ["k"], "facts": [{"id": "k:1", "kind": "k"}]}


def served(host: type[Host], *lines: str) -> list[dict[str, Any]]:
    """The answers to these lines."""
    answers: list[dict[str, Any]] = []
    child.serve(host, lines, answers.append)
    return answers


def test_matches_are_recorded_and_every_fact_is_counted() -> None:
    """An answer names the rule and the facts of each match, and how many facts were caught."""
    answers = served(Host, json.dumps(REQUEST), json.dumps(REQUEST))
    assert answers == [{"matches": [["a", "k:1"], ["b", "k:1"]], "caught": 1, "different": 1}] * 2


def test_failed_action_is_an_error() -> None:
    """The engine hides a failed action in its state; the answer does not."""
    assert served(BrokenHost, json.dumps(REQUEST)) == [{"error": "an action failed"}]


def test_failure_tells_its_kind_alone() -> None:
    """What cannot be run is answered with the kind of failure, never with the facts."""
    assert served(Host, "{}", "secret") == [{"error": "KeyError"}, {"error": "JSONDecodeError"}]
