"""Walks through the XML of a message, part by part, and refuses what XML could do beyond carrying text.

No DTD (so no entity of one's own and no external one), no network, no other encoding than UTF-8, and no more
bytes or depth than a message needs. What the parts mean is not known here.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from compliance.sources.refusal import FileRefusedError, Flaw

MOST_BYTES = 256 * 1024 * 1024  # far above 12,000 clients with all their fields in one message
_CHUNK = 1 << 18
_DECLARED = re.compile(rb"\s*<\?xml[^>]*?\sencoding\s*=\s*[\"']([^\"'>]*)[\"']")


def read_content(path: str) -> bytes:
    """The bytes of the file, fit to be parsed.

    Raises: FileRefusedError; OSError when the file cannot be read.
    """
    with Path(path).open("rb") as file:
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        due = f"a message of at most {MOST_BYTES // 2**20} MiB"
        raise FileRefusedError(Flaw("", "file_too_large", f"more than {MOST_BYTES} bytes", due))
    _check_encoding(content)
    if b"<!DOCTYPE" in content:
        due = "a message without DOCTYPE: entities and external files are never followed"
        raise FileRefusedError(Flaw("", "doctype_refused", "a DOCTYPE", due))
    return content


def _check_encoding(content: bytes) -> None:
    decoder = codecs.getincrementaldecoder("utf-8")()
    for start in range(0, len(content) or 1, _CHUNK):
        try:
            decoder.decode(content[start : start + _CHUNK], start + _CHUNK >= len(content))
        except UnicodeDecodeError:
            raise FileRefusedError(Flaw("", "not_utf8", "other bytes", "text in UTF-8")) from None
    declared = _DECLARED.match(content.removeprefix(codecs.BOM_UTF8)[:200])
    if declared and declared[1].lower() not in (b"utf-8", b"utf8"):
        raise FileRefusedError(Flaw("", "not_utf8", "another encoding declared", "text in UTF-8"))


def root_name(content: bytes) -> str:
    """The name of the outermost element, with its namespace in braces.

    Raises: FileRefusedError when there is none.
    """
    parser = _parser(("start",), None)
    for _, element in _events(parser, content):
        return str(element.tag)
    raise FileRefusedError(_broken("no element"))


def parts(content: bytes, *names: str, deeper: bool = False) -> Iterator[etree._Element]:
    """Each element of these names directly below the root, when it is complete; gone after its turn.

    With `deeper` they may stand elsewhere as well, and are passed over there.

    Raises: FileRefusedError when the XML breaks off or an element is misplaced: then forget the parts
        that came before.
    """
    for _, element in _events(_parser(("end",), names), content):
        parent = element.getparent()
        if parent is not None and parent.getparent() is None:
            yield element
            while element.getprevious() is not None:
                del parent[0]
        elif not deeper:
            name = etree.QName(element).localname
            due = f"every {name} directly below the outermost element"
            raise FileRefusedError(Flaw(name, "misplaced_element", "deeper in the message", due))
        element.clear()


def _parser(events: tuple[str, ...], tags: tuple[str, ...] | None) -> etree.XMLPullParser:
    return etree.XMLPullParser(
        events=events,  # type: ignore[arg-type]
        tag=tags,
        encoding="utf-8",
        attribute_defaults=False,
        dtd_validation=False,
        load_dtd=False,
        no_network=True,
        resolve_entities=False,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )


def _events(parser: etree.XMLPullParser, content: bytes) -> Iterator[tuple[str, etree._Element]]:
    try:
        for start in range(0, len(content), _CHUNK):
            parser.feed(content[start : start + _CHUNK])
            yield from parser.read_events()  # type: ignore[misc]
        parser.close()
        yield from parser.read_events()  # type: ignore[misc]  # of a few bytes all events come now
    except etree.XMLSyntaxError as error:
        raise FileRefusedError(_broken(f"line {error.lineno or 1}")) from None


def _broken(where: str) -> Flaw:
    return Flaw("", "broken_xml", where, "one whole XML document, nested no deeper than a message is")
