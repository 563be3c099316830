"""What a purge will remove, as data that can be kept: whoever finishes an interrupted one must know it still,
though the rows that told it are gone by then.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Doomed:
    """A file that will go: its path below the store's folder, its hash, and the term or reason."""

    path: str
    sha256: str
    why: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that goes. `rows` by term, entity and id; `findings` by contract; `dossiers` by compartment
    the runs whose dossiers go; `held` counts rows that another row still needs.
    """

    as_of: date
    by: str
    started_at: datetime
    policy: str
    rows: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    held: Mapping[str, int] = field(default_factory=dict)
    files: tuple[Doomed, ...] = ()
    findings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    dossiers: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether nothing is to be removed."""
        return not (self.rows or self.files or self.findings or self.dossiers)

    def to_json(self) -> bytes:
        """The plan as it is kept while it is carried out."""
        content = asdict(self)
        return json.dumps(content, default=_written, sort_keys=True).encode()


def _written(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def plan_from_json(content: bytes) -> Plan:
    """The plan that was kept as these bytes.

    Raises: ValueError, KeyError, TypeError for anything else.
    """
    data: dict[str, Any] = json.loads(content)
    return Plan(
        as_of=date.fromisoformat(data["as_of"]),
        by=data["by"],
        started_at=datetime.fromisoformat(data["started_at"]),
        policy=data["policy"],
        rows={
            term: {entity: tuple(ids) for entity, ids in found.items()}
            for term, found in data["rows"].items()
        },
        held=data["held"],
        files=tuple(Doomed(**each) for each in data["files"]),
        findings={contract: tuple(names) for contract, names in data["findings"].items()},
        dossiers={name: tuple(runs) for name, runs in data["dossiers"].items()},
    )
