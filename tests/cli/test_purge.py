"""`compliance store purge`: first what would go, then what went, and what nobody decided yet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import Result

from compliance.errors import UsageError
from compliance.services.intake import intake
from compliance.services.store import open_store

Call = Callable[..., Result]
FILES = {
    "contract.csv": "id,title,contractor_id,first_day,funding\nc1,Wmo,o1,2012-01-01,task\n",
    "bibob_inquiry.csv": (
        "id,organisation_id,opened_on,concluded_on,outcome\ninq-77,o1,2013-01-10,2013-05-10,none\n"
    ),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A store with an inquiry of long ago."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    place = tmp_path / "store"
    with open_store(place, create=True) as store:
        paths = [str(tmp_path / name) for name in FILES]
        intake(store.vault, "bureau", paths, now=datetime(2013, 6, 1, tzinfo=UTC))
    return place


def test_a_dry_run_tells_and_a_purge_does(call: Call, folder: Path) -> None:
    """Both say how much of what; only the second removes, and a third finds nothing."""
    asked = ("store", "purge", "--by", "A. de Vries", "--store", str(folder))
    told = call(*asked, "--dry-run").stdout
    assert "(er is niets verwijderd)" in told
    assert "bibob: 1 × " in told
    assert "Nog geen termijn, dus blijft: staff." in told
    done = call(*asked, "--lang", "en")
    assert done.return_value == 0
    assert "bibob: 1 × " in done.stdout
    report = done.stdout.partition("Report: ")[2].strip()
    assert Path(report).is_file()
    assert "inq-77" not in Path(report).read_text(encoding="utf-8")
    assert "niets" in call(*asked).stdout
    assert not call("store", "verify", "--store", str(folder)).return_value


def test_a_day_to_come_is_only_for_looking_ahead(call: Call, folder: Path) -> None:
    """Nothing is removed before its day."""
    asked = ("store", "purge", "--by", "A", "--as-of", "2999-01-01", "--store", str(folder))
    assert isinstance(call(*asked).exception, UsageError)
    assert "bibob: 1 × " in call(*asked, "--dry-run").stdout
