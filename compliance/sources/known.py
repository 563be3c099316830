"""What is known already when deliveries are read: contracts, clients and organisations of earlier deliveries.

It decides nothing: readers join rows to organisations known under the same number, and to nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import duckdb


@dataclass(frozen=True, slots=True, order=True)
class KnownOrganisation:
    """An organisation of which a row was accepted; `supplier` brought it, empty for this reading's files."""

    id: str
    name: str = ""
    kvk_number: str = ""
    agb_code: str = ""
    supplier: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """The ids of contracts and clients, and the organisations, of everything accepted before."""

    contracts: tuple[str, ...] = ()
    clients: frozenset[str] = frozenset()
    organisations: tuple[KnownOrganisation, ...] = field(default=())


def known_here(connection: duckdb.DuckDBPyConnection) -> Known:
    """What the tables of this reading hold so far."""

    def ids(entity: str) -> tuple[str, ...]:
        rows = connection.execute(f'SELECT DISTINCT id FROM fact."{entity}" ORDER BY id').fetchall()
        return tuple(row[0] for row in rows)

    found = connection.execute(
        "SELECT DISTINCT id, coalesce(name, ''), coalesce(kvk_number, ''), coalesce(agb_code, '') "
        "FROM fact.organisation ORDER BY ALL"
    ).fetchall()
    return Known(ids("contract"), frozenset(ids("client")), tuple(KnownOrganisation(*row) for row in found))


def joined(earlier: Known, here: Known) -> Known:
    """Both together; an organisation of this reading stands before an earlier one of the same id."""
    own = {organisation.id for organisation in here.organisations}
    others = tuple(each for each in earlier.organisations if each.id not in own)
    return Known(
        tuple(sorted({*earlier.contracts, *here.contracts})),
        earlier.clients | here.clients,
        here.organisations + others,
    )
