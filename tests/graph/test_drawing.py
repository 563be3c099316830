"""Pictures as text and SVG."""

from __future__ import annotations

from random import Random
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.graph.chain import chain_walks
from compliance.graph.drawing import draw_svg, draw_text
from compliance.graph.picture import Holding, Picture, neighbourhood
from compliance.graph.rows import Subcontract
from compliance.graph.ties import tie_routes

SVG = "{http://www.w3.org/2000/svg}"
SUBCONTRACTS = [
    Subcontract("s1", "c1", "o1", "o2"),
    Subcontract("s2", "c1", "o2", "o3"),
    Subcontract("s9", "c1", "o1", "o9"),
]
HOLDINGS = [
    Holding("p1", "o1", "director"),
    Holding("p1", "o3", "shareholder", "40 %"),
    Holding("p1", "o3", "director"),
    Holding("p9", "o9", "director"),
    Holding("o3", "o4", "shareholder"),
]
NAMES = {"o1": "Wijkkracht", "o2": "Buurt & Co", "o3": "<script>", "o4": "Dochter", "o9": "Ander"}


def picture(subject: str, names: dict[str, str] = NAMES) -> Picture:
    """The picture around one organisation of the small world above."""
    controls = [(holding.holder_id, holding.organisation_id) for holding in HOLDINGS]
    routes = tie_routes(controls, ["o1"], names, 25, 3)
    return neighbourhood(
        subject,
        walk=chain_walks("c1", "o1", [], SUBCONTRACTS).get(subject),
        subcontracts=SUBCONTRACTS,
        holdings=HOLDINGS,
        ties=[route for route in routes if route[0] == subject],
        names=names,
    )


def test_text_tells_chain_owners_and_ties() -> None:
    """The text names the way in the chain, the owners with their kinds, and the route of the tie."""
    assert draw_text(picture("o3"), "en") == (
        "Chain and control around o3 (<script>)\n\n"
        "Chain: depth 2\n  o1 (Wijkkracht)\n  └─ o2 (Buurt & Co)\n     └─ o3 (<script>)\n\n"
        "Hired by\n  o2 (Buurt & Co): subcontract s2\n\n"
        "Hires\n  none\n\n"
        "Control of o3\n  p1: director, shareholder 40 %\n\n"
        "Controlled by o3\n  o4 (Dochter): shareholder\n\n"
        "Ties\n  o3 – p1 – o1 (2 hops)\n"
    )


def test_nothing_else_is_drawn() -> None:
    """What lies neither on the way, nor next to the subject, nor on a tie is not in the picture."""
    drawn = picture("o3")
    assert drawn.nodes == ("o1", "o2", "o3", "o4", "p1")
    assert {edge.one for edge in drawn.edges if edge.proof} == {"o1", "o2", "p1"}


@pytest.mark.parametrize(
    ("subject", "line"),
    [("o1", "uitvoeringspartner of deelnemer"), ("o4", "niet in de keten"), ("o9", "diepte 1")],
)
def test_place_in_the_chain_is_told(subject: str, line: str) -> None:
    """Depth 0, deeper and outside the chain are told apart, in Dutch by default."""
    assert line in draw_text(picture(subject)).splitlines()[2]


def test_svg_has_a_text_alternative_and_no_markup_from_names() -> None:
    """The drawing carries its title and its text; a name is text, whatever it looks like."""
    root = ET.fromstring(draw_svg(picture("o3"), "en"))  # noqa: S314 - made a line above
    drawn = picture("o3")
    assert root.findtext(f"{SVG}title") == "Chain and control around o3 (<script>)"
    assert root.findtext(f"{SVG}desc") == draw_text(drawn, "en")
    assert not list(root.iter(f"{SVG}script"))
    assert len(list(root.iter(f"{SVG}rect"))) == len(drawn.nodes)
    assert len(list(root.iter(f"{SVG}path"))) == len(drawn.edges) + 1


def test_lone_organisation_can_be_drawn() -> None:
    """An organisation without any row around it is one box."""
    lone = neighbourhood("o7", walk=None, subcontracts=[], holdings=[], ties=[], names={})
    assert draw_svg(lone).count("<rect") == 1


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), max_size=6),
    st.text(st.characters(codec=None), max_size=40),
    st.randoms(use_true_random=False),
)
def test_drawing_is_deterministic_and_well_formed(
    links: list[tuple[str, str]], text: str, random: Random
) -> None:
    """Rows in any order give the same bytes, and any text gives well-formed XML."""
    rows = [Subcontract(f"s{number}{text}", "c1", one, other) for number, (one, other) in enumerate(links)]
    holdings = [Holding(f"{one}{text}", other, "ubo") for one, other in links]

    def drawn() -> str:
        return draw_svg(
            neighbourhood(
                "a", walk=(), subcontracts=rows, holdings=holdings, ties=[("a", "b")], names={"a": text}
            )
        )

    first = drawn()
    random.shuffle(rows)
    random.shuffle(holdings)
    assert drawn() == first
    ET.fromstring(first)  # noqa: S314
