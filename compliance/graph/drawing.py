"""Pictures as text and as SVG: deterministic, everything escaped, nothing told by colour alone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from html import escape

from compliance.graph.picture import Edge, Picture
from compliance.graph.rows import route_text
from compliance.graph.words import word

# Characters that XML cannot hold or that a terminal would obey.
_UNSAFE = re.compile(
    "[\\x00-\\x1f\\x7f-\\x9f\\u202a-\\u202e\\u2066-\\u2069\\u2028\\u2029\\ud800-\\udfff\\ufffe\\uffff]"
)
_BOX_WIDTH, _BOX_HEIGHT, _COLUMN, _ROW, _MARGIN = 200, 46, 430, 84, 24
_SHOWN = 26
_STYLE = (
    "text{font:13px sans-serif;fill:#111}.id,.label{font-size:11px}"
    ".label{paint-order:stroke;stroke:#fff;stroke-width:4px}"
    ".node{fill:#fff;stroke:#111;stroke-width:1.2}.asked{stroke-width:3.5}"
    ".edge{fill:none;stroke:#333;stroke-width:1.2}.control{stroke-dasharray:6 4}.proof{stroke-width:3}"
)

_ARROW = (
    '<defs><marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" '
    'markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L8 4L0 8z" fill="#333"/></marker></defs>'
)


def draw_text(picture: Picture, lang: str = "nl") -> str:
    """The picture as lines of text, each ending in a newline."""
    subject = _label(picture.subject, picture)
    parts = [[word("title", lang).format(subject=subject)], _chain_lines(picture, lang)]
    for key, kind, own_end in (
        ("principals", "subcontract", "other"),
        ("hires", "subcontract", "one"),
        ("holders", "control", "other"),
        ("holds", "control", "one"),
    ):
        lines = [
            f"  {_label(edge.one if own_end == 'other' else edge.other, picture)}: {_labels(edge, lang)}"
            for edge in picture.edges
            if edge.kind == kind and getattr(edge, own_end) == picture.subject
        ]
        parts.append([word(key, lang).format(subject=_plain(picture.subject)), *(lines or _none(lang))])
    ties = [
        f"  {_clean(route_text(route))} ({hops} {word('hop' if hops == 1 else 'hops', lang)})"
        for route in picture.ties
        for hops in (len(route) - 1,)
    ]
    parts.append([word("ties", lang), *(ties or _none(lang))])
    return "\n\n".join("\n".join(lines) for lines in parts) + "\n"


def draw_svg(picture: Picture, lang: str = "nl") -> str:
    """The picture as one SVG document, with its text as the alternative for who cannot see it."""
    places = _places(picture)
    width = max(_COLUMN, max(x for x, _ in places.values()) + _BOX_WIDTH + _MARGIN)
    height = max(y for _, y in places.values()) + _BOX_HEIGHT + 2 * _MARGIN
    title = word("title", lang).format(subject=_label(picture.subject, picture))
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" lang="{lang}" role="img" '
        f'aria-labelledby="picture-title picture-text" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" style="background:#fff">'
    )
    lines = [
        head,
        f'<title id="picture-title">{escape(title)}</title>',
        f'<desc id="picture-text">{escape(draw_text(picture, lang))}</desc>',
        f"<style>{_STYLE}</style>",
        _ARROW,
        *(_svg_line(edge, places, lang) for edge in picture.edges),
        *(_svg_node(node, place, picture, lang) for node, place in places.items()),
        *(_svg_label(edge, places, lang) for edge in picture.edges),
        f'<text class="id" x="{_MARGIN}" y="{height - 10}">{escape(word("legend", lang))}</text>',
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _chain_lines(picture: Picture, lang: str) -> list[str]:
    if picture.walk is None:
        return [word("outside", lang)]
    depth = len(picture.walk) - 1
    if not depth:
        return [word("own", lang)]
    steps = [
        f"  {'   ' * (step - 1)}{'└─ ' if step else ''}{_label(node, picture)}"
        for step, node in enumerate(picture.walk)
    ]
    return [word("depth", lang).format(depth=depth), *steps]


def _places(picture: Picture) -> dict[str, tuple[int, int]]:
    """The corner of every node's box: the subject in the first column, then its neighbours, and so on.

    Within a column nodes stand near what they are tied to in the column before, else by id.
    """
    import networkx as nx  # noqa: PLC0415 - costs more than all other work of a small command

    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(picture.nodes)
    graph.add_edges_from((edge.one, edge.other) for edge in picture.edges)
    places: dict[str, tuple[int, int]] = {}
    above: Mapping[str, int] = {}
    for number, layer in enumerate(nx.bfs_layers(graph, [picture.subject])):
        ranked = sorted((_rank(graph.neighbors(node), above), node) for node in layer)
        above = {node: row for row, (_, node) in enumerate(ranked)}
        for node, row in above.items():
            places[node] = (_MARGIN + number * _COLUMN, _MARGIN + row * _ROW)
    return places


def _rank(neighbours: Iterable[str], above: Mapping[str, int]) -> int:
    return min((above[neighbour] for neighbour in neighbours if neighbour in above), default=0)


def _svg_node(node: str, place: tuple[int, int], picture: Picture, lang: str) -> str:
    x, y = place
    kind = "organisation" if node in picture.names else "person"
    round_px = 4 if kind == "organisation" else _BOX_HEIGHT // 2
    asked = node == picture.subject
    name = _clean(picture.names.get(node, "")) or word(kind, lang)
    note = f"{_plain(node)} ({word('subject', lang)})" if asked else _plain(node)
    return (
        f"<g><title>{escape(f'{name} ({note})')}</title>"
        f'<rect class="node{" asked" if asked else ""}" x="{x}" y="{y}" width="{_BOX_WIDTH}" '
        f'height="{_BOX_HEIGHT}" rx="{round_px}"/>'
        f'<text x="{x + 12}" y="{y + 20}">{escape(_short(name))}</text>'
        f'<text class="id" x="{x + 12}" y="{y + 36}">{escape(_short(note))}</text></g>'
    )


def _ends(edge: Edge, places: Mapping[str, tuple[int, int]]) -> tuple[int, int, int, int, int]:
    """Where a line begins and ends, and how far it bows out to the right within one column."""
    (x1, y1), (x2, y2) = places[edge.one], places[edge.other]
    half = _BOX_HEIGHT // 2
    shift = 6 if edge.kind == "control" else -6  # two kinds of line between the same boxes stay apart
    begin, end = y1 + half + shift, y2 + half + shift
    if x1 == x2:
        return x1 + _BOX_WIDTH, begin, x2 + _BOX_WIDTH, end, 70
    if x1 < x2:
        return x1 + _BOX_WIDTH, begin, x2, end, 0
    return x1, begin, x2 + _BOX_WIDTH, end, 0


def _svg_line(edge: Edge, places: Mapping[str, tuple[int, int]], lang: str) -> str:
    x1, y1, x2, y2, bow = _ends(edge, places)
    way = f"M{x1} {y1}C{x1 + bow} {y1} {x2 + bow} {y2} {x2} {y2}" if bow else f"M{x1} {y1}L{x2} {y2}"
    proof = " proof" if edge.proof else ""
    said = f"{_plain(edge.one)} → {_plain(edge.other)}: {_labels(edge, lang)}"
    return (
        f'<path class="edge {edge.kind}{proof}" marker-end="url(#arrow)" d="{way}">'
        f"<title>{escape(said)}</title></path>"
    )


def _svg_label(edge: Edge, places: Mapping[str, tuple[int, int]], lang: str) -> str:
    x1, y1, x2, y2, bow = _ends(edge, places)
    x, y = (x1 + x2) // 2 + bow * 3 // 4, (y1 + y2) // 2 - 4
    anchor = "start" if bow else "middle"
    said = escape(_short(_labels(edge, lang), 40))
    return f'<text class="label" text-anchor="{anchor}" x="{x}" y="{y}">{said}</text>'


def _labels(edge: Edge, lang: str) -> str:
    """What a line stands for: the ids of subcontracts, or the kinds of control with their shares."""
    if edge.kind == "subcontract":
        return f"{word('subcontract', lang)} {', '.join(_plain(identifier) for _, identifier in edge.labels)}"
    return ", ".join(f"{word(kind, lang)} {_clean(share)}".strip() for kind, share in edge.labels)


def _label(node: str, picture: Picture) -> str:
    """A node in one line of text: its id, and the name of an organisation or that it is a person."""
    name = _clean(picture.names.get(node, ""))
    return f"{_plain(node)} ({name})" if name else _plain(node)


def _none(lang: str) -> list[str]:
    return [f"  {word('none', lang)}"]


def _plain(identifier: str) -> str:
    """An id as routes show it, so that it cannot be mistaken for the words around it."""
    return _clean(route_text([identifier]))


def _clean(text: str) -> str:
    """The text without what XML cannot hold or a terminal would obey; such a character shows as a number."""
    return _UNSAFE.sub(lambda match: json.dumps(match[0])[1:-1], text)


def _short(text: str, most: int = _SHOWN) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
