"""Which columns a mapping reads, by which names they are found."""

from __future__ import annotations

from collections.abc import Iterator

from compliance.sources.naming import folded_word
from compliance.sources.sheets.mapping import Made, Party, Record, SheetMapping, Source


def columns_of(part: Source | Made | Party) -> Iterator[str]:
    """The columns that this part reads."""
    if isinstance(part, Made):
        yield from part.columns
    elif isinstance(part, Party):
        yield from (name for name in (part.kvk_number, part.agb_code, part.name) if name)
        yield from columns_of(part.id) if part.id else ()
    else:
        yield from (part.column,) if part.column else ()
        for below in (part.organisation, part.made):
            yield from columns_of(below) if below else ()


def read_columns(record: Record) -> Iterator[str]:
    """The columns that a record reads, also only to see whether they are filled."""
    yield from columns_of(record.id)
    for source in record.fields.values():
        yield from columns_of(source)
    yield from record.when


def all_columns(mapping: SheetMapping) -> frozenset[str]:
    """Every column that the mapping reads."""
    read = {name for record in mapping.records for name in read_columns(record)}
    return frozenset(read | set(mapping.recognise.columns))


def folded_names(mapping: SheetMapping, column: str) -> tuple[str, ...]:
    """The names of a column, folded: its own first."""
    return tuple(folded_word(name) for name in (column, *mapping.aliases.get(column, ())))
