"""States in SQL when a delivered value is acceptable, from the model's declaration of its field.

The same meaning as `rows.check_row`, for whole columns at once. A value's form is matched as text before
any cast, since a cast would round or guess.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from compliance.model.fields import DAY_PATTERN, DECIMAL_DIGITS, decimal_pattern
from compliance.model.schema import EntitySpec, FieldSpec
from compliance.sources.bsn import PSEUDONYMISED, bsn_test_sql
from compliance.sources.database import column_type, literal, quoted
from compliance.sources.limits import text_limits

_WHOLE = re.compile(r"U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?")
_DECIMAL = re.compile(r"DECIMAL\(\d+,(\d+)\)")
TEXT = "VARCHAR"
NOTHING = '"NULL"'  # the type of a Parquet column that holds only empty values


def accepts(spec: FieldSpec, kind: str) -> bool:
    """Whether a Parquet column of this DuckDB type can be read for the field without guessing."""
    if kind in (TEXT, NOTHING):
        return True
    if spec.type in ("text", "code", "ref"):
        return kind.startswith("ENUM")
    if spec.type == "int":
        return bool(_WHOLE.fullmatch(kind)) or _scale(kind) == 0
    if spec.type == "decimal":
        return bool(_WHOLE.fullmatch(kind)) or _scale(kind) is not None
    return kind == column_type(spec)


def _scale(kind: str) -> int | None:
    found = _DECIMAL.fullmatch(kind)
    return int(found[1]) if found else None


def value_sql(spec: FieldSpec, kind: str) -> str:
    """The column's value, with an empty text as empty; text unless the file types it."""
    column = quoted(spec.name)
    if kind == TEXT:
        return f"nullif({column}, '')"
    return f"nullif({column}::VARCHAR, '')" if kind.startswith("ENUM") or kind == NOTHING else column


def typed_sql(spec: FieldSpec, kind: str) -> str:
    """The value in the field's own type; NULL where it cannot be that."""
    value, target = value_sql(spec, kind), column_type(spec)
    return value if target == TEXT else f"TRY_CAST({value} AS {target})"


def good_rows_sql(spec: EntitySpec, kinds: Mapping[str, str]) -> str:
    """SQL that is true for a row of which every delivered value, and the row as a whole, is acceptable.

    It may be NULL for a bad row. References are not checked here.
    """
    parts = []
    for name, kind in kinds.items():
        field = spec.fields[name]
        if field.required:
            parts.append(_present_sql(field, kind))
        form = _form_sql(field, kind)
        if form:
            parts.append(form if field.required else f"({_empty_sql(field, kind)} OR ({form}))")
    if spec.name in PSEUDONYMISED:
        parts.append(f"NOT {bsn_test_sql(quoted('id'))}")
    typed = {name: typed_sql(spec.fields[name], kind) for name, kind in kinds.items()}
    for first, second in spec.orders:
        if first in typed and second in typed:
            parts.append(f"coalesce({typed[second]} >= {typed[first]}, TRUE)")
    for name, code, demanded in spec.demands:
        if name in typed and demanded in typed:
            parts.append(
                f"(coalesce({typed[name]} <> {literal(code)}, TRUE) OR {typed[demanded]} IS NOT NULL)"
            )
    return " AND ".join(f"({part})" for part in parts)


def _present_sql(spec: FieldSpec, kind: str) -> str:
    """When there is a value. Asked of the column as it stands, the file's own statistics may answer."""
    return f"{quoted(spec.name)} <> ''" if kind == TEXT else f"{value_sql(spec, kind)} IS NOT NULL"


def _empty_sql(spec: FieldSpec, kind: str) -> str:
    column = quoted(spec.name)
    return f"{column} IS NULL OR {column} = ''" if kind == TEXT else f"{value_sql(spec, kind)} IS NULL"


def _form_sql(spec: FieldSpec, kind: str) -> str:
    """When a value that is not empty has the form of its field; empty when that needs no test here."""
    # A text column is asked as it stands: the database then tests each different value of it once.
    value = quoted(spec.name) if kind == TEXT else value_sql(spec, kind)
    if spec.type == "ref":
        return ""
    if spec.type == "text":
        return good_text_sql(value, spec.entity, spec.name)
    if spec.type == "code":
        return f"{value} IN ({', '.join(map(literal, spec.codes))})"
    written = kind in (TEXT, NOTHING)
    typed = typed_sql(spec, kind)
    if spec.type == "bool":
        return f"{value} IN ('true', 'false')" if written else ""
    if spec.type == "day":
        match = [f"regexp_full_match({value}, {literal(DAY_PATTERN)})"] if written else []
        return " AND ".join([*match, f"{typed} BETWEEN DATE '0001-01-01' AND DATE '9999-12-31'"])
    return _number_sql(spec, kind, value, typed, written=written)


def _number_sql(spec: FieldSpec, kind: str, value: str, typed: str, *, written: bool) -> str:
    whole = spec.type == "int"
    if written:
        pattern = r"-?\d{1,9}" if whole else decimal_pattern(spec.places)
        parts = [f"regexp_full_match({value}, {literal(pattern)})"]
    else:
        parts = [f"abs({value}) < 1{'0' * (9 if whole else DECIMAL_DIGITS)}"]
        if (_scale(kind) or 0) > spec.places:
            parts.append(f"{value} = round({value}, {spec.places})")
    parts += [f"{typed} >= {spec.least}"] if spec.least is not None else []
    parts += [f"{typed} <= {spec.most}"] if spec.most is not None else []
    return " AND ".join(parts)


def good_text_sql(value: str, entity: str, name: str) -> str:
    """SQL that is true where the text expression fits the limits of the entity's field."""
    limits = text_limits(entity)[name]
    if limits.pattern:
        return f"regexp_full_match({value}, {literal(limits.pattern)})"
    unsafe = literal(_re2(limits.unsafe))
    safe = f"NOT regexp_matches({value}, {unsafe})"
    if name == "id":
        # All ids differ, so each is tested; what url_encode leaves as it is holds no unsafe character, and
        # that is seen in half the time.
        safe = f"(url_encode({value}) = {value} OR {safe})"
    return f"length({value}) <= {limits.longest} AND {safe}"


def _re2(pattern: str) -> str:
    """A pattern of Python as the database's engine writes it."""
    return re.sub(r"\\u([0-9a-f]{4})", r"\\x{\1}", pattern).replace(r"\Z", r"\z")
