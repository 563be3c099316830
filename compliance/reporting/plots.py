"""Draws trends as SVG: the same bytes for the same numbers, readable without colour, no script, no date.

matplotlib is imported only when something is drawn; it writes nothing outside the text that comes back.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from io import StringIO

from markupsafe import escape

# Colours that also the colour-blind tell apart (Okabe and Ito), dark enough on white; each with a mark and a
# stroke of its own, so that colour is never needed.
_LOOKS = (
    ("#0072b2", "o", "-"),
    ("#b34700", "s", "--"),
    ("#00694a", "^", "-."),
    ("#8c3a6e", "D", ":"),
    ("#4d4d4d", "v", (0, (5, 1, 1, 1))),
    ("#7a5a00", "P", (0, (1, 1))),
)
_INK, _GRID = "#1b2430", "#d5dbe3"
# Inches; the page scales it. One curve stands beside its numbers, several above theirs.
_NARROW, _WIDE = (5.0, 2.7), (7.2, 2.9)
_PLACES = {_NARROW: 5, _WIDE: 8}  # that can be read below the axis
_XML = re.compile(r"^.*?(?=<svg)", re.DOTALL)
_METADATA = re.compile(r"<metadata>.*?</metadata>\s*", re.DOTALL)
_SIZES = re.compile(r'<svg (.*?)width="[^"]*"(.*?)height="[^"]*"', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Curve:
    """One line of a plot: its name and a value per place on the horizontal axis; None is not known."""

    name: str
    values: tuple[Decimal | int | None, ...]


def draw_curves(places: Sequence[str], curves: Sequence[Curve], alternative: str, axis: str) -> str:
    """The curves over the named places as an SVG element with `alternative` as its text.

    `axis` says what is counted. What is not known is a hole in the line, never a zero.
    """
    from matplotlib import rc_context  # noqa: PLC0415 - slow to import, and only plots need it
    from matplotlib.figure import Figure  # noqa: PLC0415

    out = StringIO()
    with rc_context({"svg.fonttype": "path", "svg.hashsalt": "compliance", "font.family": "DejaVu Sans"}):
        size = _WIDE if len(curves) > 1 else _NARROW
        figure = Figure(figsize=size, layout="constrained")
        axes = figure.add_subplot()
        for number, curve in enumerate(curves):
            colour, mark, stroke = _LOOKS[number % len(_LOOKS)]
            values = [float("nan") if value is None else float(value) for value in curve.values]
            axes.plot(
                range(len(places)), values, color=colour, marker=mark, linestyle=stroke, linewidth=2,
                markersize=6, label=curve.name, clip_on=False,
            )  # fmt: skip
        _dress(axes, places, _PLACES[size], axis)
        if len(curves) > 1:
            figure.legend(loc="outside right upper", frameon=False, fontsize=9, handlelength=3.5)
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None, "Format": None})
    return _inline(out.getvalue(), alternative)


def _dress(axes: object, places: Sequence[str], most: int, axis: str) -> None:
    """Quiet axes from zero, whole numbers, and few enough places to read them all."""
    from matplotlib.axes import Axes  # noqa: PLC0415
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415

    if not isinstance(axes, Axes):
        raise TypeError("not axes")  # for the type checker; matplotlib gave them
    step = max(1, -(-len(places) // most))
    ticks = range(0, len(places), step)
    axes.set_xticks(list(ticks), [places[number] for number in ticks], fontsize=8.5)
    axes.set_ylabel(axis, fontsize=9, color=_INK)
    axes.margins(x=0.03, y=0.12)
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
    axes.tick_params(colors=_INK, labelsize=8.5, length=0)
    axes.tick_params(axis="x", pad=7)
    axes.grid(axis="y", color=_GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(_GRID)


def _inline(svg: str, alternative: str) -> str:
    """The SVG as part of a page: named, scaling, and with ids that no other plot on the page has."""
    text = _METADATA.sub("", _XML.sub("", svg))
    mark = f"p{hashlib.sha256(text.encode()).hexdigest()[:8]}-"
    text = re.sub(r'\bid="', f'id="{mark}', text)
    text = re.sub(r'(href="#|url\(#)', rf"\g<1>{mark}", text)
    named = f'<svg role="img" aria-label="{escape(alternative)}" '
    return _SIZES.sub(rf"{named.replace(chr(92), chr(92) * 2)}\1\2", text, count=1).strip()
