"""`python -m bench`: ours beside six queries by hand; read the ratios, not the seconds."""

from __future__ import annotations

import argparse
import json
import platform
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median

from bench import hand, ours
from compliance.services.generate import DEFAULT_AS_OF as AS_OF

Found = dict[str, set[str]]
FOUND = 1  # the exit code of a complete check with findings
JUDGING_LIMIT, CHECK_LIMIT, TENFOLD_LIMIT, PEAK_LIMIT_MIB = 2, 25, 12, 2048


def main() -> int:
    """0 when every target is met and all three agree on what is found, else 1."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--clients", type=int, default=12_000)
    parser.add_argument("--deliveries", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=5, help="of which the median counts")
    parser.add_argument("--no-tenfold", action="store_true", help="leave out ten times the deliveries")
    options = parser.parse_args()
    print(f"Python {platform.python_version()}, {platform.machine()}, medians of {options.runs} runs")
    with tempfile.TemporaryDirectory() as scratch:
        small = Path(scratch) / "once"
        seconds = ours.make(small, options.clients, options.deliveries, AS_OF)
        _tell(f"generate {options.deliveries:,} deliveries", seconds)
        kept = [judging(small, options.runs), checking(small, options.runs)]
        if not options.no_tenfold:
            kept.append(tenfold(Path(scratch), small, options.clients, options.deliveries))
    return 0 if all(kept) else 1


def judging(folder: Path, runs: int) -> bool:
    """Whether judging the six rules keeps to its limit, with the same findings as by hand and as planted."""
    rules = tuple(hand.HAND)
    ground = ours.Judging(folder, AS_OF, rules)
    with hand.from_files(folder) as files, hand.loaded(folder) as tables:
        by_files, by_tables, by_ours = _in_turn(
            runs, lambda: hand.judge(files, AS_OF), lambda: hand.judge(tables, AS_OF), ground.judge
        )
    agreed = by_files[0] == by_tables[0] == by_ours[0] == _planted(folder, rules)
    _tell("six rules by hand, straight from files", by_files[1])
    _tell("six rules by hand, tables loaded", by_tables[1])
    _tell("six rules by ours, tables loaded", by_ours[1], f"(loading {ground.load_seconds:.2f} s)")
    ratio, beside_files = by_ours[1] / by_tables[1], by_ours[1] / by_files[1]
    print(f"  ratio to tables {ratio:.2f}, to files {beside_files:.2f}; at most {JUDGING_LIMIT}")
    print(f"  findings {'equal' if agreed else 'DIFFER'}: " + _sizes(by_ours[0]))
    return agreed and ratio <= JUDGING_LIMIT


def checking(folder: Path, runs: int) -> bool:
    """Whether the whole rule book, files in and JSON out, keeps to its limits and finds what was planted."""
    answer = folder.parent / "answer.json"
    taken: list[ours.Measured] = []

    def by_ours() -> tuple[Found, float]:
        taken.append(ours.check(folder, AS_OF, answer))
        return {}, taken[-1].seconds

    def by_hand() -> tuple[Found, float]:
        with hand.from_files(folder) as files:
            return hand.judge(files, AS_OF)

    (_, seconds), (_, beside) = _in_turn(runs, by_ours, by_hand)
    peak = max(one.peak_mib for one in taken)
    right = all(one.exit_code == FOUND for one in taken) and _found(answer) == _expected(folder)
    ratio = seconds / beside
    _tell("check of the whole rule book", seconds, f"peak {peak} MiB")
    print(f"  ratio to six by hand {ratio:.1f}; at most {CHECK_LIMIT}, and at most {PEAK_LIMIT_MIB} MiB")
    print(f"  findings {'exactly those planted' if right else 'DIFFER from those planted'}")
    return right and ratio <= CHECK_LIMIT and peak <= PEAK_LIMIT_MIB


def tenfold(scratch: Path, small: Path, clients: int, deliveries: int) -> bool:
    """Whether ten times the deliveries take at most so many times the time."""
    large, answer = scratch / "tenfold", scratch / "answer.json"
    seconds = ours.make(large, clients, 10 * deliveries, AS_OF)
    _tell(f"generate {10 * deliveries:,} deliveries", seconds)
    pairs = [(ours.check(small, AS_OF, answer), ours.check(large, AS_OF, answer)) for _ in range(3)]
    once, taken = median(one.seconds for one, _ in pairs), [ten for _, ten in pairs]
    ten, peak = median(one.seconds for one in taken), max(one.peak_mib for one in taken)
    right = all(one.exit_code == FOUND for one in taken) and _found(answer) == _expected(large)
    _tell("check of ten times the deliveries", ten, f"peak {peak} MiB")
    print(f"  ratio to once {ten / once:.1f}; at most {TENFOLD_LIMIT}")
    print(f"  findings {'exactly those planted' if right else 'DIFFER from those planted'}")
    return right and ten / once <= TENFOLD_LIMIT


def _in_turn(runs: int, *measured: Callable[[], tuple[Found, float]]) -> list[tuple[Found, float]]:
    """For each the last findings and its median seconds; run in turn, so that all share a busy moment."""
    rounds = [[run() for run in measured] for _ in range(runs)]
    columns = list(zip(*rounds, strict=True))
    return [(column[-1][0], median(seconds for _, seconds in column)) for column in columns]


def _tell(what: str, seconds: float, more: str = "") -> None:
    print(f"{what:<42}{seconds:8.3f} s   {more}".rstrip())


def _expected(folder: Path) -> set[tuple[str, str]]:
    lines = (folder / "expected.jsonl").read_text(encoding="utf-8").splitlines()
    return {(one["rule"], one["subject"]) for one in map(json.loads, lines)}


def _planted(folder: Path, rules: tuple[str, ...]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {rule: set() for rule in rules}
    for rule, subject in _expected(folder):
        if rule in found:
            found[rule].add(subject.partition("/")[2])
    return found


def _found(answer: Path) -> set[tuple[str, str]]:
    results = json.loads(answer.read_text(encoding="utf-8"))["results"]
    return {
        (one["rule"], f"{one['subject']['entity']}/{one['subject']['id']}")
        for one in results
        if one["outcome"] == "finding"
    }


def _sizes(found: dict[str, set[str]]) -> str:
    return ", ".join(f"{rule} {len(ids)}" for rule, ids in sorted(found.items()))


if __name__ == "__main__":
    sys.exit(main())
