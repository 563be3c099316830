"""A desk in front of the command: calls it in this process as a person would, and hands back the answer."""

from __future__ import annotations

import io
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from compliance.cli.edge import call

CONTRACT = "id,title,contractor_id,first_day,funding\nc1,Wmo,o1,2027-01-01,task\n"
ORGANISATION = "id,name\no1,Wijkkracht\n"
SUBCONTRACT = "id,contract_id,principal_id,subcontractor_id,kind,first_day\n"
DELIVERY = "id,contract_id,client_id,provider_id,service,day,hours,amount_eur\n"
DELIVERED = "d1,c1,k1,o2,ambulatory,2027-02-01,1,10.00\n"

CASE = """as_of: 2027-06-01
facts:
  contract: [{id: c1, title: Wmo, contractor_id: o1, first_day: 2027-01-01, funding: task}]
  organisation: [{id: o1, name: Wijkkracht}]
  client: [{id: k1}]
  subcontract: []
"""


@dataclass(frozen=True)
class Answer:
    """What one call gave: its exit code, stdout and stderr."""

    code: int
    raw: bytes
    err: str

    @property
    def out(self) -> str:
        """What stands on stdout."""
        return self.raw.decode("utf-8")

    @property
    def said(self) -> str:
        """Everything a person reads, on one line."""
        return " ".join(f"{self.out}\n{self.err}".split())

    @property
    def data(self) -> dict[str, Any]:
        """The JSON document on stdout."""
        found: dict[str, Any] = json.loads(self.raw)
        return found

    def outcomes(self) -> dict[tuple[str, str], str]:
        """The outcome per rule and id of its subject."""
        return {(item["rule"], item["subject"]["id"]): item["outcome"] for item in self.data["results"]}


def ask(*arguments: object, stdin: bytes = b"") -> Answer:
    """What the command `compliance` says to these arguments."""
    out, err, given = (io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8") for raw in (b"", b"", stdin))
    with (
        patch.object(sys, "stdout", out),
        patch.object(sys, "stderr", err),
        patch.object(sys, "stdin", given),
    ):
        code = call([str(argument) for argument in arguments])
        out.flush()
        err.flush()
    return Answer(code, _written(out), _written(err).decode("utf-8"))


def _written(stream: io.TextIOWrapper) -> bytes:
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue()


def delivered(**changes: str | None) -> str:
    """A case with one delivery by an organisation nobody declared; a change of None leaves a field out."""
    row: dict[str, str | None] = {
        "id": "d1", "contract_id": "c1", "client_id": "k1", "provider_id": "o2", "service": "ambulatory",
        "day": "2027-02-01", "hours": "1",
    }  # fmt: skip
    row.update(changes)
    fields = ", ".join(f"{name}: {value}" for name, value in row.items() if value is not None)
    return f"{CASE}  delivery: [{{{fields}}}]\n"


def put(path: Path, content: str | bytes) -> Path:
    """The file with that content."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def data_set(folder: Path, files: dict[str, str | bytes]) -> Path:
    """A folder with a small data set, some of its files replaced or added."""
    folder.mkdir(exist_ok=True)
    usual: dict[str, str | bytes] = {
        "contract.csv": CONTRACT, "organisation.csv": ORGANISATION, "client.csv": "id\nk1\n",
        "subcontract.csv": SUBCONTRACT, "delivery.csv": DELIVERY + DELIVERED,
    }  # fmt: skip
    replaced = {name.partition(".")[0] for name in files}
    for name, content in {k: v for k, v in usual.items() if k.partition(".")[0] not in replaced}.items():
        put(folder / name, content)
    for name, content in files.items():
        put(folder / name, content)
    return folder
