"""Column types that mean the same on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, String
from sqlalchemy.types import TypeDecorator, TypeEngine

from compliance.store.records.canonical import moment_text, text_moment


class Moment(TypeDecorator[datetime]):
    """A moment in UTC with microseconds: a timestamp on PostgreSQL, a text that sorts on SQLite."""

    impl = String(27)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        postgresql = dialect.name == "postgresql"
        return dialect.type_descriptor(DateTime(timezone=True) if postgresql else String(27))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        text = moment_text(value)
        return value.astimezone(UTC) if dialect.name == "postgresql" else text

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        found: datetime = value.astimezone(UTC) if dialect.name == "postgresql" else text_moment(value)
        return found
