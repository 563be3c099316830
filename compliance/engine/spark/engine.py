"""The same rules judged by Spark: the compiler's statements, run where the cluster is."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Self

from pyspark.sql import SparkSession

from compliance.engine.spark.database import SparkDatabase
from compliance.engine.spark.handing import Files, Handing, Source
from compliance.engine.sql.engine import SetEngine
from compliance.model.catalog import Catalog
from compliance.model.number import Numbers


class SparkEngine(SetEngine):
    """Judges rules in a session of Spark.

    `source` is the connection to DuckDB in which the facts were checked: what are many facts then comes to
    stand as files in `folder`, which the workers must see. Without it the facts are in `folder` already, in
    Parquet files that were checked before; the catalog says how they came.
    """

    def __init__(
        self,
        session: SparkSession,
        source: Source | None,
        catalog: Catalog,
        contract: str,
        as_of: date,
        numbers: Numbers,
        *,
        folder: Path | str,
    ) -> None:
        frame_of = Files(session, str(folder)) if source is None else Handing(session, source, Path(folder))
        self.spark = SparkDatabase(session, frame_of)
        super().__init__(self.spark, catalog, contract, as_of, numbers)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.spark.forget()
