"""Hands checked facts from the database they were checked in over to Spark.

Few rows go along with the statements that read them; many are written as Parquet files in a folder, from
where every worker reads its part. That folder must be one that the workers see too.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import SparkSession

from compliance.engine.sql.setting import GROUP
from compliance.model.schema import STUBBED, entities

FEW_ROWS = 20_000  # of these, one statement carries the rows along
ROWS_A_GROUP = 250_000  # a file is read by several workers, a group of rows by one
SCOPE = "_scope"


class Source(Protocol):
    """What is asked of the connection that holds the checked facts."""

    def sql(self, query: str) -> Any: ...


class Handing:
    """Gives the delivered rows of an entity as a data frame; files of many rows come to stand in `folder`."""

    def __init__(self, session: SparkSession, source: Source, folder: Path) -> None:
        self.session = session
        self.source = source
        self.folder = folder

    def __call__(self, entity: str) -> Any:
        """The entity's rows, with the group and scope of each."""
        names = [f'"{name}"' for name in entities()[entity].fields]
        names += [f"{name}::SMALLINT AS {name}" for name in internal(entity)]
        reader = self.source.sql(f'SELECT {", ".join(names)} FROM fact."{entity}"').to_arrow_reader(
            ROWS_A_GROUP
        )
        first = next(reader, None)
        few = first is None or first.num_rows <= FEW_ROWS
        rest = next(reader, None) if few else None
        batches = [batch for batch in (first, rest) if batch is not None]
        if few and rest is None:
            return self.session.createDataFrame(pa.Table.from_batches(batches, schema=reader.schema))
        path = self.folder / f"{entity}.parquet"
        _write(path, reader.schema, batches, reader)
        return self.session.read.parquet(str(path))


def internal(entity: str) -> tuple[str, ...]:
    """The columns that stand beside the entity's own."""
    return (GROUP, SCOPE) if entity in STUBBED else (GROUP,)


def _write(
    path: Path, schema: pa.Schema, batches: list[pa.RecordBatch], rest: Iterator[pa.RecordBatch]
) -> None:
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for batch in (*batches, *rest):
            writer.write_batch(batch, row_group_size=ROWS_A_GROUP)
