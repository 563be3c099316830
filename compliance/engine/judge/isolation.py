"""The parent's side of the child process: starts it, asks it, limits it, and believes nothing unchecked."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from threading import Timer
from types import TracebackType
from typing import IO, Any, Self, cast

Fact = Mapping[str, int | str]
Pattern = Mapping[str, Any]
Match = tuple[str, ...]

CHILD = Path(__file__).with_name("child.py")
TEXT_LENGTH = 200
MOST_RULES = 60  # at most 64 may match one fact, of which one is the catch-all of its kind
RESERVED = frozenset(("sid", "s"))


class EngineError(Exception):
    """The rule engine crashed, stalled, failed or broke its word; the text tells no facts."""


class EngineMissingError(Exception):
    """durable-rules does not import in this Python; the plain reading must answer alone."""


@dataclass(frozen=True, slots=True)
class Ruleset:
    """Rules by name, each a list of patterns, over flat facts of these kinds, context facts first."""

    rules: Mapping[str, Sequence[Pattern]]
    kinds: tuple[str, ...]
    facts: Sequence[Fact]


@dataclass(frozen=True, slots=True)
class Limits:
    """What the child may use: seconds on the clock for all its answers, and MiB of memory."""

    seconds: int = 60
    memory_mib: int = 2048


def engine_paths() -> tuple[str, ...] | None:
    """Where durable-rules is installed, or None where it is not or cannot import (Python 3.13 and later)."""
    if sys.version_info >= (3, 13):
        return None
    specs = [find_spec(name) for name in ("durable", "durable_rules_engine")]
    origins = [Path(spec.origin) for spec in specs if spec is not None and spec.origin is not None]
    if len(origins) < len(specs):
        return None
    return tuple(sorted({str(origins[0].parent.parent), str(origins[1].parent)}))


class RuleProcess:
    """A child process that runs rulesets; used in a `with` block, started by the first question.

    Raises: EngineMissingError and EngineError, from `matches`.
    """

    def __init__(self, limits: Limits | None = None, command: Sequence[str] | None = None) -> None:
        self._limits = limits or Limits()
        self._command = command
        self._process: subprocess.Popen[str] | None = None
        self._timer: Timer | None = None
        self._late = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._process is not None:
            self._process.kill()
            with suppress(OSError, ValueError):  # what it still had to say no longer matters
                self._process.communicate()

    def matches(self, ruleset: Ruleset) -> frozenset[Match]:
        """Every match as the name of the rule and the ids of its facts."""
        _check(ruleset)
        process = self._process or self._start()
        request = {"rules": ruleset.rules, "kinds": ruleset.kinds, "facts": ruleset.facts}
        answer = self._ask(process, json.dumps(request))
        if "error" in answer:
            raise EngineError(f"the rule engine reported {answer['error']}")
        count = len(ruleset.facts)  # one catch-all rule per kind saw every fact once
        if answer.get("caught") != count or answer.get("different") != count:
            raise EngineError("the rule engine lost facts")
        return _checked(answer.get("matches"), ruleset)

    def _start(self) -> subprocess.Popen[str]:
        command = self._command
        if command is None:
            paths = engine_paths()
            if paths is None:
                raise EngineMissingError
            # Isolated and without site: no environment, start-up hook or user folder has a say in it.
            limits = (str(self._limits.memory_mib), str(self._limits.seconds))
            command = (sys.executable, "-I", "-S", str(CHILD), *limits, *paths)
        # A Python built with a shared library may not start without this one; nothing else is passed on.
        library = os.environ.get("LD_LIBRARY_PATH")
        environment = {"LC_ALL": "C"} | ({"LD_LIBRARY_PATH": library} if library else {})
        try:
            process = subprocess.Popen(  # noqa: S603 - our own file with our own arguments
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
                encoding="ascii",
            )
        except OSError:
            raise EngineError("the rule engine's process did not start") from None
        self._process = process
        self._timer = Timer(self._limits.seconds, self._stop, (process,))
        self._timer.daemon = True
        self._timer.start()
        unavailable = self._read(process).get("unavailable")
        if unavailable is not False:
            raise EngineMissingError if unavailable is True else self._ended()
        return process

    def _stop(self, process: subprocess.Popen[str]) -> None:
        self._late = True
        process.kill()

    def _ask(self, process: subprocess.Popen[str], request: str) -> dict[str, Any]:
        questions = cast("IO[str]", process.stdin)
        try:
            questions.write(request + "\n")
            questions.flush()
        except OSError:
            raise self._ended() from None
        return self._read(process)

    def _read(self, process: subprocess.Popen[str]) -> dict[str, Any]:
        try:
            answer = json.loads(cast("IO[str]", process.stdout).readline())
        except ValueError:
            raise self._ended() from None
        if not isinstance(answer, dict):
            raise self._ended()
        return answer

    def _ended(self) -> EngineError:
        """What to say of a child that gave no answer."""
        if self._late:
            return EngineError(f"the rule engine gave no answer within {self._limits.seconds} seconds")
        return EngineError("the rule engine's process ended without an answer")


def _check(ruleset: Ruleset) -> None:
    """Nothing goes to the engine that is known to hurt it."""
    ids = {fact["id"] for fact in ruleset.facts}
    if len(ids) != len(ruleset.facts):
        raise EngineError("two facts have the same id")
    if len(ruleset.rules) > MOST_RULES:
        raise EngineError("too many declarations for the rule engine")
    for fact in ruleset.facts:
        for name, value in fact.items():
            if name in RESERVED or type(value) not in (int, str) or len(str(value)) > TEXT_LENGTH:
                raise EngineError("a fact has a form that the rule engine does not read safely")


def _checked(matches: object, ruleset: Ruleset) -> frozenset[Match]:
    """The matches, when each is a rule that was asked with as many of the facts as it has patterns."""
    ids = {fact["id"] for fact in ruleset.facts}
    found: set[Match] = set()
    for match in matches if isinstance(matches, list) else [matches]:
        rule, *facts = match if isinstance(match, list) and match else [None]
        patterns = ruleset.rules.get(rule) if isinstance(rule, str) else None
        if patterns is None or len(facts) != len(patterns) or not ids.issuperset(facts):
            raise EngineError("the rule engine answered something that was not asked")
        found.add((str(rule), *map(str, facts)))
    return frozenset(found)
