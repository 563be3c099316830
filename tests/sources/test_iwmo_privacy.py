"""What may never leave a message: no BSN, name, date of birth or address anywhere, whatever goes wrong."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from typing import Any

import pytest

from compliance.errors import UsageError
from compliance.model.schema import delivered_entities
from compliance.sources.facts import Facts, read_facts
from compliance.sources.iwmo.pseudonym import Pseudonyms

from .conftest import Deliver
from .iwmo_letters import (
    BSN,
    OTHER_BSN,
    PERSONAL,
    assigned,
    assignments,
    client,
    letter,
    started,
    starts,
    stopped,
    stops,
)

Column = Callable[..., list[Any]]
KEY = bytes(range(32))
NO_BSN = "999900005"


def everything(facts: Facts) -> str:
    """All that reading gave, as text."""
    tables = facts.connection.execute(
        "SELECT table_schema, table_name FROM information_schema.tables"
    ).fetchall()
    rows = [
        facts.connection.execute(f'SELECT * FROM "{schema}"."{name}"').fetchall() for schema, name in tables
    ]
    return repr((rows, facts.refusals, facts.notices, facts.files, facts.catalog, facts.settings, facts))


def again(facts: Facts, key: bytes | None) -> Facts:
    """The same folder, read under a key."""
    folder = facts.files[0].path.rpartition("/")[0]
    return read_facts([folder], entities=delivered_entities(), key=key)


def test_nothing_personal_is_kept_or_shown(deliver: Deliver) -> None:
    """Not in tables, refusals, notices or representations, for good and for refused messages alike."""
    facts = deliver(
        {
            "a.xml": assignments(assigned(), assigned("x"), assigned("103", category="11")),
            "b.xml": starts(started(), started("9"), started(on=PERSONAL[0], status=BSN)),
            "c.xml": stops(stopped(reason=OTHER_BSN)),
            "d.xml": letter("WMO301", client(assigned("104"), bsn=NO_BSN), identification="2"),
            "e.xml": letter("WMO301", client(assigned("105", change=BSN)), identification=BSN),
            "f.xml": letter("WMO301", client(assigned("106")), dated=PERSONAL[0], identification="3"),
            "g.xml": assignments(assigned("107"), bsn=OTHER_BSN, identification="4")[:-9],
            "h.xml": letter("WMO315", client()),
            "i.xml": assignments(assigned(BSN), identification="5"),
        }
    )
    assert len(facts.refusals) >= 8
    found = everything(facts).replace(f"iwmo-0344-{BSN}", "")
    for text in (BSN, OTHER_BSN, NO_BSN, *PERSONAL):
        assert text not in found


def test_a_bsn_is_the_keyed_hash_of_its_digits(deliver: Deliver, column: Column) -> None:
    """HMAC-SHA-256: the same key gives the same pseudonym on every day, another key another."""
    facts = deliver({"a.xml": assignments(assigned())})
    expected = hmac.new(KEY, BSN.encode(), hashlib.sha256).hexdigest()
    first, second = again(facts, KEY), again(facts, KEY)
    assert column(first, "client") == column(first, "referral", "client_id") == [expected]
    assert first.digest == second.digest
    assert column(again(facts, bytes(32)), "client") != [expected]


def test_without_a_key_a_random_one_holds_for_the_run(deliver: Deliver, column: Column) -> None:
    """It is said that pseudonyms do not last, and they do not."""
    facts = deliver({"a.xml": assignments(assigned()), "b.xml": starts(started())})
    assert "random_pseudonym_key" in {notice.code for notice in facts.notices}
    other = again(facts, None)
    assert column(facts, "client") != column(other, "client")
    assert len(column(facts, "client")) == 1
    assert "random_pseudonym_key" not in {notice.code for notice in again(facts, KEY).notices}


@pytest.mark.parametrize("length", [0, 16, 31, 33, 64])
def test_a_key_of_another_length_is_wrong_usage(deliver: Deliver, length: int) -> None:
    """A key that is shorter than it should be would make pseudonyms that can be guessed."""
    facts = deliver({"a.xml": assignments(assigned())})
    with pytest.raises(UsageError, match="32 bytes"):
        again(facts, bytes(length))


@pytest.mark.parametrize(
    "text", ["", "999900007", "99990000", "9999000060", "000000000", "99990000６", "abcdefghi"]
)
def test_what_is_no_bsn_gets_no_pseudonym(text: str) -> None:
    """Nine digits that pass the eleven-test, and nothing else."""
    assert Pseudonyms(KEY).of(text) is None


def test_the_key_is_not_shown() -> None:
    """The representation of what holds the key leaves it out."""
    assert repr(Pseudonyms(b"k" * 32)) == "Pseudonyms()"
