"""The same rules judged by Spark: the compiler's statements, run where the cluster is."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Self

from pyspark.sql import SparkSession

from compliance.engine.spark.database import SparkDatabase
from compliance.engine.spark.handing import Handing, Source
from compliance.engine.sql.engine import SetEngine
from compliance.model.catalog import Catalog
from compliance.model.number import Numbers


class SparkEngine(SetEngine):
    """Judges rules over the checked facts of a connection to DuckDB, in a session of Spark.

    Files that hold many facts come to stand in `folder`, which the workers must see.
    """

    def __init__(
        self,
        session: SparkSession,
        source: Source,
        catalog: Catalog,
        contract: str,
        as_of: date,
        numbers: Numbers,
        *,
        folder: Path,
    ) -> None:
        self.spark = SparkDatabase(session, Handing(session, source, folder))
        super().__init__(self.spark, catalog, contract, as_of, numbers)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.spark.forget()
