"""A small vault to deliver to: files as text in, rows of a view out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from compliance.model.schema import delivered_entities, entities
from compliance.model.vault import IntakeAnswer
from compliance.services.intake import intake
from compliance.services.vaulted import kept_facts
from compliance.sources.kept import KeptFacts
from compliance.store.vault import Vault

START = datetime(2027, 1, 1, tzinfo=UTC)
KEY = bytes(range(32))
CONTRACT = "id,title,contractor_id,first_day,last_day,funding\nc1,Wmo,o1,2027-01-01,2030-12-31,task\n"
HEADS = {
    "referral": "id,contract_id,client_id,service,received_on",
    "delivery": "id,contract_id,referral_id,client_id,provider_id,service,day,hours",
    "organisation": "id,name",
    "bibob_inquiry": "id,organisation_id,opened_on",
    "bibob_measure": "id,inquiry_id,description,agreed_on,due_on",
}

Row = tuple[Any, ...]


def table(entity: str, *rows: str) -> dict[str, str]:
    """A CSV file of the entity with these rows."""
    return {f"{entity}.csv": "\n".join((HEADS[entity], *rows)) + "\n"}


def referral(number: int, service: str = "ambulatory") -> str:
    """A row of referral.csv."""
    return f"r{number},c1,k{number},{service},2027-02-01"


def delivery(number: int, hours: str = "2", referral_id: str = "") -> str:
    """A row of delivery.csv."""
    return f"d{number},c1,{referral_id},k1,o1,ambulatory,2027-03-01,{hours}"


@dataclass
class Town:
    """A vault and a place to write files that are delivered to it, one minute after the other."""

    folder: Path
    now: datetime = START
    given: int = field(default=0)

    @property
    def vault(self) -> Vault:
        """The vault as a new process would open it."""
        return Vault.open(self.folder / "vault", create=True)

    def write(self, files: Mapping[str, str | bytes]) -> Path:
        """The files stand in a folder of their own."""
        self.given += 1
        folder = self.folder / "offered" / f"{self.given}"
        folder.mkdir(parents=True)
        for name, content in files.items():
            (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
        return folder

    def give(
        self, files: Mapping[str, str | bytes], supplier: str = "alles", *, preview: bool = False
    ) -> IntakeAnswer:
        """What came of delivering these files together, a minute after the delivery before."""
        folder = self.write(files)
        self.now += timedelta(minutes=1)
        return intake(self.vault, supplier, [str(folder)], now=self.now, key=KEY, preview=preview)

    def facts(self, known_at: datetime | None = None) -> KeptFacts:
        """The view of all entities."""
        return kept_facts(self.vault, entities=delivered_entities(), known_at=known_at)

    def rows(self, entity: str, known_at: datetime | None = None) -> list[Row]:
        """The entity's rows in the view, by id, without stubs."""
        return rows_of(self.facts(known_at), entity)

    def ids(self, entity: str, known_at: datetime | None = None) -> list[str]:
        """The ids of the entity's rows in the view."""
        return [row[0] for row in self.rows(entity, known_at)]


def rows_of(facts: KeptFacts, entity: str) -> list[Row]:
    """The entity's delivered rows, by id."""
    names = ", ".join(f'"{name}"' for name in entities()[entity].fields)
    query = f'SELECT {names} FROM fact."{entity}" WHERE _source >= 0 ORDER BY id'
    found: list[Row] = facts.connection.execute(query).fetchall()
    return found


def codes(answer: IntakeAnswer) -> list[tuple[str, str, str]]:
    """What was refused: entity, place and reason."""
    return [(one.entity, one.place, one.code) for one in answer.refusals]
