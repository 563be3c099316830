"""What every part of the records has: the engine of its store, and its two kinds of transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Engine, func, select

from compliance.store.records import chain
from compliance.store.records.connect import reading, writing


class Part:
    """A part of the records of one store."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def _read(self) -> Any:
        return reading(self._engine)

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        with writing(self._engine) as connection:
            yield connection

    @staticmethod
    def _audit(
        connection: Connection, at: datetime, actor: str, action: str, detail: Mapping[str, Any]
    ) -> int:
        return chain.append(connection, at, actor, action, detail)


def next_number(connection: Connection, column: Column[int]) -> int:
    """One more than the highest so far; safe because who writes does so alone."""
    return (connection.execute(select(func.max(column))).scalar() or 0) + 1
