"""Use case: make a data set, write it as files, and say what checking it must give."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from compliance.services.generate import bulk, everyday, organisations, planted, staff, writing
from compliance.services.generate.size import Format, Size, checked_size
from compliance.services.generate.world import CONTRACT, World

# Puts the contract where the real one lies: from 1 January 2027 to 31 December 2036.
DEFAULT_AS_OF = date(2029, 3, 1)


@dataclass(frozen=True, slots=True)
class Generated:
    """What was written: where, how many rows of each entity, and the findings it must give.

    `planted` holds (rule, subject) pairs.
    """

    out: Path
    as_of: date
    contract: str
    rows: Mapping[str, int]
    planted: frozenset[tuple[str, str]]

    @property
    def findings(self) -> int:
        return len(self.planted)

    @property
    def command(self) -> str:
        """The command that must find exactly what `expected.jsonl` lists."""
        return f"compliance check {self.out} --compartment all"


def generate(
    *,
    clients: int,
    deliveries: int,
    seed: int,
    out: Path,
    format: Format = "parquet",  # noqa: A002 - the name of the command's option
    as_of: date = DEFAULT_AS_OF,
) -> Generated:
    """The folder holds one file per entity, `parameters.yaml` and `expected.jsonl`.

    Equal arguments give equal contents. Files of an earlier data set in the folder are replaced; a folder
    that holds anything else is left alone.

    Raises: UsageError when a size is out of range, or the folder is in use for something else.
    """
    size = checked_size(clients, deliveries, seed, as_of)
    writing.prepare(out)
    world = make_world(size)
    rows = bulk.write(world, out, format)
    writing.write_settings(out, as_of)
    planted_pairs = writing.write_expected(out, world)
    return Generated(out=out, as_of=as_of, contract=CONTRACT, rows=rows, planted=planted_pairs)


def make_world(size: Size) -> World:
    """Everything but the bulk: organisations, staff, registers, and the planted violations."""
    # Repeatable, not secret: the same seed must give the same world.
    world = World(size=size, rng=random.Random(size.seed))  # noqa: S311
    organisations.found(world)
    planted.plant(world)
    organisations.fill_chain(world)
    everyday.record(world)
    staff.employ(world)
    return world
