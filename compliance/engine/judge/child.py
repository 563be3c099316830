"""Runs rulesets with durable-rules in a process of its own; started as a file, knows nothing of the product.

Arguments: memory limit in MiB, seconds of processor time, directories to import from. Reads one request per
line of standard input and answers each with one line. A request holds `rules` (per name its patterns),
`kinds` of fact and `facts`; an answer holds `matches` (rule, then the ids of the facts it matched) and
`caught`, the number of facts that reached the engine; or `error`. The first line says whether the engine is
there.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from collections.abc import Callable, Iterable
from typing import Any

LAST = 1000  # the priority of the catch-all rules: after all others


def run(host_class: Any, request: dict[str, Any]) -> dict[str, Any]:
    """The matches of one ruleset over its facts, asserted one by one in the order given."""
    matches: list[list[str]] = []
    caught: list[str] = []

    def recorder(rule: str, aliases: list[str]) -> Any:
        def record(closure: Any) -> None:
            matches.append([rule, *(closure._m[alias]["id"] for alias in aliases)])  # noqa: SLF001

        return record

    def catch(closure: Any) -> None:
        caught.append(closure._m["m"]["id"])  # noqa: SLF001

    definition: dict[str, Any] = {}
    for number, (rule, patterns) in enumerate(sorted(request["rules"].items())):
        aliases = [f"m_{place}" for place in range(len(patterns))]
        named = [{alias: pattern} for alias, pattern in zip(aliases, patterns, strict=True)]
        definition[f"r_{number}"] = {"all": named, "run": recorder(rule, aliases), "pri": number + 1}
    for number, kind in enumerate(request["kinds"]):
        definition[f"c_{number}"] = {"all": [{"m": {"kind": kind}}], "run": catch, "pri": LAST + number}

    class Host(host_class):  # type: ignore[misc]
        """A host without its two background threads: everything happens here and now."""

        def _run(self) -> None:
            pass

    host = Host({"judge": definition})
    for fact in request["facts"]:
        host.assert_fact("judge", fact)
    problem = host.get_state("judge").get("exception")
    if problem:
        return {"error": "an action failed"}
    return {"matches": matches, "caught": len(caught), "different": len(set(caught))}


def serve(host_class: Any, questions: Iterable[str], answer: Callable[[dict[str, Any]], None]) -> None:
    """Answers every question; a failure is an answer too, of which only the kind is told."""
    for line in questions:
        try:
            content = run(host_class, json.loads(line))
        except Exception as error:  # noqa: BLE001 - durable-rules raises bare Exception
            content = {"error": type(error).__name__}
        answer(content)


def main(arguments: list[str]) -> None:  # pragma: no cover - limits the process it runs in
    """Limits this process, then serves until standard input ends."""
    memory, seconds, *paths = arguments
    resource.setrlimit(resource.RLIMIT_AS, (int(memory) << 20,) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds),) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.path.extend(paths)
    # What the C engine prints must not get between the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)

    def answer(content: dict[str, Any]) -> None:
        answers.write(json.dumps(content) + "\n")
        answers.flush()

    try:
        from durable.engine import Host  # type: ignore[import-untyped] # noqa: PLC0415 - it may not import
    except ImportError:
        answer({"unavailable": True})
        return
    answer({"unavailable": False})
    serve(Host, sys.stdin, answer)
    os._exit(0)  # without the engine's own end, which can crash


if __name__ == "__main__":  # pragma: no cover
    main(sys.argv[1:])
