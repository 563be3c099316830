"""Where Spark gets the delivered rows: handed over from where they were checked, or from its own files.

Few rows go along with the statements that read them; many are written as Parquet files in a folder, from
where every worker reads its part. That folder must be one that the workers see too. Of facts that were
checked before, in files that Spark can reach, nothing passes through this machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.errors import AnalysisException
from pyspark.sql import SparkSession
from pyspark.sql import functions as sql

from compliance.engine.sql.setting import GROUP
from compliance.model.schema import STUBBED, FieldSpec, entities

FEW_ROWS = 20_000  # of these, one statement carries the rows along
ROWS_A_GROUP = 250_000  # a file is read by several workers, a group of rows by one
SCOPE = "_scope"
EVERYWHERE = 7  # a row that all compartments may see
_TYPES = {"day": "DATE", "int": "BIGINT", "bool": "BOOLEAN"}


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


class Files:
    """Gives the rows of an entity from Parquet that was checked before: `<entity>.parquet` in a folder.

    Each may be a folder of parts itself, partitioned as one likes. What a row was delivered without stands in
    `_lacks`, and who may see a stub in `_scope`; without those columns everything came, for everybody. An
    entity without a file has no rows: the catalog says whether that means that there are none.
    """

    def __init__(self, session: SparkSession, folder: str) -> None:
        self.session = session
        self.folder = folder.rstrip("/")

    def __call__(self, entity: str) -> Any:
        """The entity's rows, with the group and scope of each, in the types of the facts."""
        specs = entities()[entity].fields.values()
        frame = self._read(entity)
        there = set(frame.columns)
        columns = [_column(spec.name, _sql_type(spec), None, there) for spec in specs]
        columns.append(_column(GROUP, "SMALLINT", 0, there))
        if entity in STUBBED:
            columns.append(_column(SCOPE, "SMALLINT", EVERYWHERE, there))
        return frame.select(*columns)

    def _read(self, entity: str) -> Any:
        try:
            return self.session.read.parquet(f"{self.folder}/{entity}.parquet")
        except AnalysisException as error:
            if error.getCondition() != "PATH_NOT_FOUND":
                raise
            return self.session.createDataFrame(pa.table({"id": pa.array([], pa.string())}))


def _sql_type(spec: FieldSpec) -> str:
    return f"DECIMAL(18,{spec.places})" if spec.type == "decimal" else _TYPES.get(spec.type, "STRING")


def _column(name: str, kind: str, otherwise: int | None, there: set[str]) -> Any:
    value = sql.col(name) if name in there else sql.lit(otherwise)
    return value.cast(kind).alias(name)


def internal(entity: str) -> tuple[str, ...]:
    """The columns that stand beside the entity's own."""
    return (GROUP, SCOPE) if entity in STUBBED else (GROUP,)


def _write(
    path: Path, schema: pa.Schema, batches: list[pa.RecordBatch], rest: Iterator[pa.RecordBatch]
) -> None:
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for batch in (*batches, *rest):
            writer.write_batch(batch, row_group_size=ROWS_A_GROUP)
