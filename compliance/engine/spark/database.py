"""Spark as a database of the set-based engine: statements run there, relations are temporary views.

Facts come in when a statement first asks for them; what Python made (the graph's answers) is sent along with
the statements that read it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from threading import Lock
from typing import Any

import pyarrow as pa
from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession
from pyspark.sql.functions import broadcast

from compliance.engine.sql.database import (
    FACTS,
    VIEW,
    Answer,
    Database,
    Parameters,
    Statement,
    spark_text,
)
from compliance.engine.sql.dialect import flat_name, parameter_name

_TYPES = {
    "VARCHAR": pa.string(),
    "DATE": pa.date32(),
    "BIGINT": pa.int64(),
    "BOOLEAN": pa.bool_(),
    "UTINYINT": pa.int16(),  # Spark has no unsigned numbers
}
FrameOf = Callable[[str], Any]


class SparkDatabase(Database):
    """A session of Spark; `frame_of` gives the delivered rows of an entity as a data frame."""

    errors = (PySparkException, Py4JError)

    def __init__(self, session: SparkSession, frame_of: FrameOf) -> None:
        self.session = session
        self.frame_of = frame_of
        self._taken: set[str] = set()
        self._taking = Lock()
        self._views: dict[str, Any] = {}

    def open_view(self) -> None:
        """Temporary views need no schema."""

    def run(self, statement: Statement, parameters: Parameters = ()) -> Answer:
        frame = self._frame(statement, parameters)
        return Answer(tuple(frame.columns), frame.collect())

    def ask(self, text: str, parameters: Parameters = ()) -> Answer:
        return self.run(text, parameters)

    def define(self, name: str, select: Statement, *, stored: bool = False) -> None:
        frame = self._frame(select, ())
        self._keep(flat_name(VIEW, name), frame.persist() if stored else frame)

    def fill(self, name: str, columns: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> None:
        fields = [pa.field(column, arrow_type(kind)) for column, kind in columns.items()]
        lists = zip(*rows, strict=True) if rows else [()] * len(fields)
        arrays = [pa.array(list(values), field.type) for values, field in zip(lists, fields, strict=True)]
        table = pa.Table.from_arrays(arrays, schema=pa.schema(fields))
        frame = self.session.createDataFrame(table)
        self._keep(flat_name(VIEW, name), broadcast(frame))

    def cursor(self) -> SparkDatabase:
        return self

    def _frame(self, statement: Statement, parameters: Parameters) -> Any:
        text, facts = spark_text(statement)
        for entity in sorted(facts):
            self._take(entity)
        named = parameters if isinstance(parameters, Mapping) else dict(enumerate(parameters, 1))
        given = {parameter_name(name): _given(value) for name, value in named.items()}
        return self.session.sql(text, args=given or None)

    def _take(self, entity: str) -> None:
        """The entity's rows can be asked for."""
        with self._taking:
            if entity not in self._taken:
                self._keep(flat_name(FACTS, entity), self.frame_of(entity))
                self._taken.add(entity)

    def forget(self) -> None:
        """Nothing of this run is left in the cluster."""
        for name, frame in self._views.items():
            self.session.catalog.dropTempView(name)
            if frame.is_cached:
                frame.unpersist()
        self._views.clear()
        self._taken.clear()

    def _keep(self, name: str, frame: Any) -> None:
        frame.createOrReplaceTempView(name)
        self._views[name] = frame


def arrow_type(kind: str) -> pa.DataType:
    """A type of DuckDB that our tables have, as Arrow's."""
    found = re.fullmatch(r"DECIMAL\((\d+),(\d+)\)", kind)
    return pa.decimal128(int(found[1]), int(found[2])) if found else _TYPES[kind]


def _given(value: Any) -> Any:
    """A parameter as a statement takes it: a list of ids as one text."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list) else value
