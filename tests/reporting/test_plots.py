"""Plots: the same numbers, the same bytes; a text for who cannot see; nothing that reaches outside."""

from __future__ import annotations

import re
from decimal import Decimal

from compliance.reporting.plots import Curve, draw_curves

PLACES = [f"2027-{month:02}-01" for month in range(1, 13)]
CURVES = (Curve("kritiek", tuple(range(12))), Curve("hoog", (None, *(Decimal(5),) * 11)))


def test_equal_numbers_are_equal_bytes() -> None:
    """No date, no chance: two plots of the same numbers are the same text, and of others another."""
    one, two = (draw_curves(PLACES, CURVES, "Verloop", "aantal") for _ in range(2))
    assert one == two
    assert draw_curves(PLACES, CURVES[:1], "Verloop", "aantal") != one
    assert "<metadata" not in one


def test_a_plot_says_what_it_shows() -> None:
    """It is a picture with a text, whatever the text holds."""
    svg = draw_curves(PLACES, CURVES, 'Verloop <van> "dit" \\1', "aantal")
    assert svg.startswith('<svg role="img" aria-label="Verloop &lt;van&gt; &#34;dit&#34; \\1" ')
    assert "<script" not in svg
    assert re.findall(r'href="(?!#)', svg) == []


def test_two_plots_on_a_page_share_no_id() -> None:
    """Each id has a mark of its own plot."""
    plots = [draw_curves(PLACES, CURVES[:number], "Verloop", "aantal") for number in (1, 2)]
    first, second = (set(re.findall(r'\bid="([^"]+)"', plot)) for plot in plots)
    assert first
    assert not first & second
