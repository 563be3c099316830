"""Writes BENCHMARKS.md and its picture from what was measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bench.measure import Measured

SHOWN_LOAD = 0.01  # seconds; quicker than that, nothing was loaded
PICTURE = "docs/benchmarks.svg"
NAMES = {
    "reading": "reading all files (the floor)",
    "hand-files": "six rules, SQL by hand, straight from files",
    "hand-tables": "six rules, SQL by hand, tables loaded",
    "ours": "**six rules, ours**, facts loaded",
    "polars": "six rules, Polars, straight from files",
    "clips": "six rules, CLIPS (clipspy), facts loaded",
    "durable": "undeclared care alone, durable-rules",
    "check": "**whole rule book**, files in, JSON out",
}


@dataclass(frozen=True, slots=True)
class Size:
    """What was measured on a data set of so many times the usual size."""

    times: float
    deliveries: int
    measured: Mapping[str, Measured]
    wrong: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Target:
    """A ratio and its limit; `below`: at most, else at least."""

    text: str
    value: float
    limit: float
    below: bool = True

    @property
    def met(self) -> bool:
        return self.value <= self.limit if self.below else self.value >= self.limit

    def line(self) -> str:
        """The target as a row of a table."""
        bound = "at most" if self.below else "at least"
        met = "yes" if self.met else "**no**"
        return f"| {self.text} | {self.value:,.1f} | {bound} {self.limit:,g} | {met} |"


def write(page: Path, machine: str, sizes: Sequence[Size], targets: Sequence[Target]) -> None:
    """The page stands at `page`, its picture below it."""
    parts = [
        "# Benchmarks",
        "",
        "Written by `make bench`; read the ratios, not the seconds.",
        "",
        f"{machine}; {date.today().isoformat()}. Median of the runs, with the quickest and the slowest.",  # noqa: DTZ011 - a date for people
        "1x is 12,000 clients, 40,000 referrals and 1,000,000 deliveries, made by `compliance generate`.",
        "Loading is not in the time of engines that judge loaded facts; it stands beside it.",
        "",
        "| target | measured | limit | met |",
        "|---|---:|---|---|",
        *(target.line() for target in targets),
        "",
        f"![Time and memory against size]({PICTURE})",
        "",
    ]
    for size in sizes:
        parts += _table(size)
    page.write_text("\n".join(parts), encoding="utf-8")
    draw(page.parent / PICTURE, sizes)


def _table(size: Size) -> list[str]:
    rows = [f"## {size.times:g}x: {size.deliveries:,} deliveries", ""]
    rows += ["| what | seconds | spread | loading | peak MiB | findings |", "|---|---:|---|---:|---:|---|"]
    for name, one in size.measured.items():
        load = f"{one.load:.2f}" if one.load >= SHOWN_LOAD else "–"
        count = sum(map(len, one.found.values()))
        found = (
            "–" if not one.found else f"{count} **wrong**" if name in size.wrong else f"{count}, as planted"
        )
        rows.append(
            f"| {NAMES[name]} | {one.median:.3f} | {one.spread} | {load} | {one.peak_mib} | {found} |"
        )
    return [*rows, ""]


def draw(target: Path, sizes: Sequence[Size]) -> None:
    """Time and peak memory against size, both axes logarithmic; the same figures as the tables."""
    import matplotlib as mpl  # noqa: PLC0415 - only when a page is written

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "compliance"
    from matplotlib import pyplot as plt  # noqa: PLC0415 - after the choice of a backend without a screen

    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
    styles = {
        "check": "o-",
        "ours": "s-",
        "hand-files": "^--",
        "reading": "x:",
        "polars": "d--",
        "clips": "v--",
    }
    for name, style in styles.items():
        seen = [size for size in sizes if name in size.measured]
        if not seen:
            continue
        across = [size.deliveries for size in seen]
        label = NAMES[name].replace("*", "")
        left.plot(across, [size.measured[name].median for size in seen], style, label=label)
        right.plot(across, [size.measured[name].peak_mib for size in seen], style, label=label)
    for axes, what in ((left, "seconds"), (right, "peak memory, MiB")):
        axes.set(xscale="log", yscale="log", xlabel="deliveries", ylabel=what)
        axes.grid(visible=True, which="major", alpha=0.3)
    left.legend(fontsize=8)
    target.parent.mkdir(exist_ok=True)
    figure.savefig(target, metadata={"Date": None})
    plt.close(figure)
