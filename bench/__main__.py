"""`python -m bench`: ours beside what a user might pick instead, on generated data; read the ratios."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench import hand, measure
from bench.measure import Measured
from bench.page import NAMES, SHOWN_LOAD, Size, Target, write
from compliance.services.generate import DEFAULT_AS_OF as AS_OF
from compliance.services.generate import generate

CLIENTS, DELIVERIES = 12_000, 1_000_000
SIDE_BY_SIDE = ("reading", "hand-files", "hand-tables", "ours", "polars")
FULL = (0.1, 1.0, 10.0)  # sizes on which all stand side by side; at the others the check and the floor
SLOW_RUNS = 1  # of engines that take minutes
SLOW = {"clips": 1.0, "durable": 1.0}  # the largest size they are asked
LEAN = ("--memory-limit", "3GiB")  # how the largest size is asked, to stay within 4 GiB
LARGE = 20.0


def main() -> int:
    """0 when every target is met and all agree on what is found, else 1."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--sizes", default="0.01,0.1,1,10,30", help="times 1,000,000 deliveries")
    parser.add_argument("--runs", type=int, default=5, help="of which the median counts")
    parser.add_argument("--no-slow", action="store_true", help="leave out CLIPS and durable-rules")
    parser.add_argument("--page", type=Path, help="write the figures there, with a picture beside it")
    options = parser.parse_args()
    print(measure.machine())
    asked, slow = [float(text) for text in options.sizes.split(",")], not options.no_slow
    with tempfile.TemporaryDirectory() as scratch:
        sizes = [_size(Path(scratch), times, options.runs, slow=slow) for times in asked]
    targets = _targets(sizes)
    for target in targets:
        print(
            f"{'met ' if target.met else 'MISS'} {target.text}: {target.value:,.2f} (limit {target.limit:,g})"
        )
    if options.page:
        write(options.page, measure.machine(), sizes, targets)
    return 0 if all(target.met for target in targets) and not any(_wrong(size) for size in sizes) else 1


def _size(scratch: Path, times: float, runs: int, *, slow: bool) -> Size:
    """Everything measured on a data set of that size, told as it goes."""
    folder, deliveries = scratch / "facts", round(times * DELIVERIES)
    shutil.rmtree(folder, ignore_errors=True)
    generate(clients=round(min(times, 1) * CLIENTS), deliveries=deliveries, seed=1, out=folder, as_of=AS_OF)
    print(f"\n{times:g}x: {deliveries:,} deliveries")
    wanted = [*SIDE_BY_SIDE] if times in FULL else ["reading"]
    if slow and times in FULL:
        wanted += [name for name, most in SLOW.items() if times <= most]
    measured: dict[str, Measured] = {}
    for name in wanted:
        one = measure.engine(name, folder, SLOW_RUNS if name in SLOW else runs)
        if one is None:
            print(f"{NAMES[name].replace('*', ''):<46} broke, or its library is not installed")
            continue
        measured[name] = one
        _tell(one)
    lean = LEAN if times >= LARGE else ()
    measured["check"] = measure.check(folder, AS_OF, 1 if times >= LARGE else runs, *lean)
    _tell(measured["check"])
    return Size(times, deliveries, measured, frozenset(_differing(measured, folder)))


def _differing(measured: dict[str, Measured], folder: Path) -> list[str]:
    """Those that did not find exactly what was planted, of the rules they judge."""
    planted = measure.expected(folder)
    ids = {rule: {subject.partition("/")[2] for subject in planted.get(rule, ())} for rule in hand.HAND}
    wrong = []
    for name, one in measured.items():
        due = planted if name == "check" else {rule: ids[rule] for rule in one.found}
        short = name not in ("reading", "durable", "check") and len(one.found) < len(
            [r for r in ids if ids[r]]
        )
        if one.found != due or short:
            print(f"{NAMES[name].replace('*', '')}: findings DIFFER from those planted")
            wrong.append(name)
    return wrong


def _wrong(size: Size) -> bool:
    """Whether ours or what it is measured against found something else than was planted."""
    return bool(size.wrong & {"hand-files", "hand-tables", "ours", "polars", "check"})


def _targets(sizes: Sequence[Size]) -> list[Target]:
    at = {size.times: size.measured for size in sizes}
    once, ten, most = at.get(1.0, {}), at.get(10.0, {}), at.get(30.0, {})
    pairs = [
        (ten, "ours", ten, "hand-tables", "six rules at 10x, beside SQL by hand", 1.5, True),
        (once, "polars", once, "ours", "six rules at 1x, times faster than Polars", 1.5, False),
        (once, "clips", once, "ours", "six rules at 1x, times faster than CLIPS", 100, False),
        (once, "durable", once, "ours", "times faster than durable-rules with one rule at 1x", 1000, False),
        (ten, "check", ten, "hand-files", "whole book at 10x, beside those six by hand", 10, True),
        (ten, "check", once, "check", "whole book, 10x beside 1x", 11, True),
    ]
    targets = [
        Target(text, above[name].median / below[other].median, limit, most_allowed)
        for above, name, below, other, text, limit, most_allowed in pairs
        if name in above and other in below
    ]
    if "check" in ten:
        targets.append(Target("whole book at 10x, GiB", ten["check"].peak_mib / 1024, 2))
    if "check" in most:
        targets.append(Target("whole book at 30x, GiB", most["check"].peak_mib / 1024, 4))
    return targets


def _tell(one: Measured) -> None:
    load = f"loading {one.load:.2f} s, " if one.load >= SHOWN_LOAD else ""
    took = f"{one.median:8.3f} s ({one.spread})"
    print(f"{NAMES[one.name].replace('*', ''):<46}{took}  {load}peak {one.peak_mib} MiB", flush=True)


if __name__ == "__main__":
    sys.exit(main())
