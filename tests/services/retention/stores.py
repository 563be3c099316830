"""A store with two suppliers, an old and a fresh Bibob inquiry, a night, and reports: to purge from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from compliance.services.nightly.night import NightRequest, nightly
from compliance.services.store import Store, open_store

OLD, FRESH, MEASURE, TAKEN_BACK = "inq-old-7731", "inq-fresh-8842", "mea-old-7732", "inq-back-7733"
NIGHT = datetime(2027, 4, 30, 2, tzinfo=UTC)
CONTRACT: Mapping[str, str] = {
    "contract.csv": "id,title,contractor_id,first_day,funding\nc1,Wmo in de wijk,o1,2027-01-01,task\n",
    "organisation.csv": "id,name\no1,Wijkkracht\no2,Zorg Dichtbij\no3,Domstad Zorg\n",
    "subcontract.csv": (
        "id,contract_id,principal_id,subcontractor_id,kind,first_day\ns1,c1,o1,o3,fixed,2027-01-01\n"
    ),
    "client.csv": "id\nk1\n",
    "delivery.csv": (
        "id,contract_id,client_id,provider_id,service,day,hours\n"
        "d1,c1,k1,o1,ambulatory,2027-02-01,2\nd2,c1,k1,o2,ambulatory,2027-02-08,1.5\n"
    ),
}
BIBOB: Mapping[str, str] = {
    "bibob_inquiry.csv": (
        "id,organisation_id,opened_on,concluded_on,outcome\n"
        f"{OLD},o3,2022-01-10,2022-05-10,serious\n{FRESH},o3,2026-01-10,2026-05-10,lesser\n"
        f"{TAKEN_BACK},o2,2021-01-10,2021-05-10,none\n"
    ),
    "bibob_measure.csv": (
        "id,inquiry_id,description,agreed_on,due_on,evidenced_on\n"
        f"{MEASURE},{OLD},toezicht door derden,2022-06-01,2022-12-01,\n"
    ),
    "decision.csv": "id,organisation_id,kind,decided_on,motivation\n",
}


def offer(folder: Path, supplier: str, files: Mapping[str, str]) -> None:
    """The supplier puts these files in the inbox."""
    place = folder / "inbox" / supplier
    place.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (place / name).write_text(text, encoding="utf-8")


def night(folder: Path, database: str | None, at: datetime) -> None:
    """A night at that moment."""
    outcome = nightly(NightRequest(folder, database, clock=lambda: at))
    assert outcome.contracts
    assert not outcome.unfinished


def old_store(folder: Path, database: str | None = None) -> Store:
    """A store after two nights; in the second the bureau took an inquiry back."""
    open_store(folder, database, create=True).close()
    offer(folder, "wijkkracht", CONTRACT)
    offer(folder, "bureau", BIBOB)
    night(folder, database, NIGHT)
    offer(folder, "bureau", {"withdrawn.csv": f"entity,id\nbibob_inquiry,{TAKEN_BACK}\n"})
    night(folder, database, NIGHT.replace(month=5, day=1))
    return open_store(folder, database)
