"""Messages that are broken, or made to do harm, are refused whole with one reason; nothing is followed."""

from __future__ import annotations

from pathlib import Path

import pytest

from compliance.sources.iwmo import markup

from .conftest import Deliver
from .iwmo_letters import assigned, assignments, client, letter, started, starts

GOOD = assignments(assigned())
BOMB = (
    '<!DOCTYPE b [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)


def with_doctype(doctype: str, text: str = "101") -> str:
    """A good message with a DOCTYPE before it and this text as a number."""
    first, rest = GOOD.split("\n", 1)
    return f"{first}\n{doctype}{rest.replace('>101<', f'>{text}<')}"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (with_doctype(BOMB, "&i;"), "doctype_refused"),
        (with_doctype('<!DOCTYPE b [<!ENTITY x SYSTEM "file:///etc/hostname">]>', "&x;"), "doctype_refused"),
        (with_doctype('<!DOCTYPE b SYSTEM "http://localhost:9/x.dtd">'), "doctype_refused"),
        (with_doctype('<!DOCTYPE b [<!ENTITY % p SYSTEM "http://localhost:9/"> %p;]>'), "doctype_refused"),
        (with_doctype("<!DOCTYPE b>"), "doctype_refused"),
        (with_doctype("", "&x;"), "broken_xml"),
        (GOOD[:-1], "broken_xml"),
        (GOOD[:300], "broken_xml"),
        (GOOD + "<more/>", "broken_xml"),
        (GOOD.replace("</w:Header>", "</w:Kop>"), "broken_xml"),
        (GOOD.replace("<w:Client>", "<w:x>" * 3000 + "<w:Client>"), "broken_xml"),
        ("<a>" * 100_000, "broken_xml"),
        ("id,name\n1,2\n", "broken_xml"),
        ("<?xml version='1.0'?>", "broken_xml"),
        ("   ", "broken_xml"),
        (GOOD.encode("utf-16"), "not_utf8"),
        (GOOD.replace("Zonnedauw", "Zonnedaüw").encode("latin-1"), "not_utf8"),
        (GOOD.replace('encoding="UTF-8"', 'encoding="ISO-8859-1"'), "not_utf8"),
        (GOOD.replace('encoding="UTF-8"', "encoding='utf-7'"), "not_utf8"),
        ("<html/>", "unknown_message"),
        ("<a/>", "unknown_message"),
        ('<Bericht xmlns="urn:other"/>', "unknown_message"),
        ("<Bericht/>", "unknown_message"),
        (GOOD.replace("3_2/wmo301", "3_1/wmo301"), "unknown_message"),
        (GOOD.replace("iwmo/3_2/wmo301", "ijw/3_2/jw301"), "unknown_message"),
        (GOOD.replace("w:Bericht", "w:Brief"), "unknown_message"),
        (GOOD.replace("xmlns:w=", "xmlns:v="), "unknown_message"),
        (letter("WMO301", client(assigned()), code="418"), "unknown_code"),
        (letter("WMO301", client(assigned()), version="2"), "unknown_code"),
        (letter("WMO301", client(assigned()), subversion="1"), "unknown_code"),
        (letter("WMO323", code="414"), "unknown_code"),
        (letter("WMO301", client(assigned()), municipality="344"), "wrong_pattern"),
        (letter("WMO305", client(started()), provider="AGB1"), "wrong_pattern"),
        (letter("WMO301", client(assigned()), dated="gisteren"), "not_a_day"),
        (letter("WMO301", client(assigned()), identification="1234567890123"), "wrong_pattern"),
        (GOOD.replace("w:Header>", "w:Kop>"), "element_missing"),
        (letter("WMO301"), "element_missing"),
        (GOOD.replace("<w:Client>", "<w:x><w:Client>").replace("</w:Client>", "</w:Client></w:x>"),
         "misplaced_element"),
        (GOOD.replace("<w:Header>", "<w:Header/><w:Header>"), "element_missing"),
        (GOOD.replace("<w:BerichtVersie>3</w:BerichtVersie>", "<w:BerichtVersie>3</w:BerichtVersie>" * 2),
         "element_twice"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_message_is_refused_whole(
    deliver: Deliver, content: str | bytes, code: str
) -> None:
    """One reason, what was expected, nothing taken; the other messages go on."""
    facts = deliver({"a.xml": content, "b.xml": letter("WMO301", client(assigned("7")), identification="2")})
    refusals = {refusal.code for refusal in facts.refusals}
    assert refusals == {code}
    assert all(refusal.whole_file and refusal.file.endswith("a.xml") for refusal in facts.refusals)
    assert all(refusal.expected for refusal in facts.refusals)
    assert facts.connection.execute("SELECT id FROM fact.referral").fetchall() == [("iwmo-0344-7",)]
    cannot_bring_referrals = content in ("<html/>", "<a/>") or "wmo323" in str(content)
    assert facts.catalog["referral"].complete == cannot_bring_referrals


def test_a_header_says_every_flaw_with_its_xpath(deliver: Deliver) -> None:
    """All that is wrong with a header is said at once, each with the path of its element."""
    facts = deliver({"a.xml": letter("WMO305", client(started()), code="414", version="2", subversion="4")})
    header = "/wmo305:Bericht/wmo305:Header/wmo305:"
    assert [(refusal.column, refusal.expected) for refusal in facts.refusals] == [
        (f"{header}BerichtCode", "one of: 418"),
        (f"{header}BerichtSubversie", "one of: 2"),
        (f"{header}BerichtVersie", "one of: 3"),
    ]


def test_an_empty_file_leaves_starts_unknown(deliver: Deliver) -> None:
    """A message file of which no byte came may have been a start."""
    facts = deliver({"a.xml": GOOD, "b.xml": starts(started("7")), "c.xml": ""})
    assert "empty_file" in {refusal.code for refusal in facts.refusals}
    (group,) = facts.connection.execute("SELECT _lacks FROM fact.referral").fetchall()[0]
    assert "started_on" in facts.catalog["referral"].lacks[group]
    assert not facts.catalog["referral"].complete


def test_a_file_larger_than_any_message_is_refused(deliver: Deliver, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file is not read further than the largest message could be."""
    monkeypatch.setattr(markup, "MOST_BYTES", 2000)
    facts = deliver({"a.xml": GOOD + " " * 3000})
    assert [refusal.code for refusal in facts.refusals] == ["file_too_large"]


def test_nothing_is_read_from_another_file(deliver: Deliver, tmp_path: Path) -> None:
    """Instructions to include another file are text that nobody asks for."""
    (tmp_path / "secret.txt").write_text("101")
    include = '<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="secret.txt" parse="text"/>'
    facts = deliver({"a.xml": GOOD.replace(">101<", f">{include}<")})
    assert [(refusal.column, refusal.code) for refusal in facts.refusals] == [
        ("ToewijzingNummer", "required_empty")
    ]
    first, rest = GOOD.split("\n", 1)
    sheet = f'{first}\n<?xml-stylesheet href="http://localhost:9/x.xsl"?><!-- remark -->{rest}'
    assert deliver({"a.xml": sheet}).refusals == []


def test_a_remark_inside_a_text_does_not_split_it(deliver: Deliver) -> None:
    """Comments and CDATA are ways of writing; the text is what is left."""
    written = GOOD.replace(">101<", ">1<!-- x -->0<![CDATA[1]]><")
    assert deliver({"a.xml": written}).refusals == []
