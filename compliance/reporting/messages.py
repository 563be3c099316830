"""What a result says in words: the rule's message with its values, or why there is no verdict.

Values are shown as they are: decimals with their digits, days as ISO 8601.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from compliance.model.finding import Judged, Missing, Observation, Value
from compliance.model.rule import Rule
from compliance.reporting.words import Lang, Words, clean, fill

MISSING_NAMED = 3  # how many missing things a message names before it counts the rest


def decimal_text(value: Decimal) -> str:
    """The digits of a decimal, at least two behind the point and no zeros after those."""
    text = format(value, "f")
    whole, _, digits = text.partition(".")
    digits = digits.rstrip("0").ljust(2, "0")
    return f"{whole}.{digits}"


def plain_value(value: Value) -> str | int | bool | None:
    """The value as data: decimals and days as text, the rest as it is."""
    if isinstance(value, Decimal):
        return decimal_text(value)
    if isinstance(value, date):
        return value.isoformat()
    return value


def value_text(value: Value, words: Words, lang: Lang) -> str:
    """The value as a person reads it, on one line."""
    if value is None:
        return words.get("value.unknown", lang)
    if isinstance(value, bool):
        return words.get("value.yes" if value else "value.no", lang)
    return clean(str(plain_value(value)))


def result_message(result: Judged, rule: Rule, words: Words, lang: Lang) -> str:
    """One sentence about this subject, whatever the outcome."""
    observation = result.observation
    if observation.outcome == "finding":
        return _finding_message(observation, rule, words, lang)
    if observation.outcome == "not_assessable":
        return words.get("message.not_assessable", lang, missing=missing_text(observation, words, lang))
    return words.get(f"message.{observation.outcome}", lang)


def missing_text(observation: Observation, words: Words, lang: Lang) -> str:
    """What is missing, the first few by name."""
    named = list(dict.fromkeys(_missing_names(observation.missing, words, lang)))[:MISSING_NAMED]
    if not named:
        return words.get("message.missing_unnamed", lang)
    rest = max(observation.missing_count, len(observation.missing)) - len(named)
    text = ", ".join(named)
    return f"{text} {words.get('message.missing_more', lang, count=rest)}" if rest > 0 else text


def _missing_names(missing: tuple[Missing, ...], words: Words, lang: Lang) -> Iterator[str]:
    for item in missing:
        if item.kind == "parameter_not_agreed":
            yield words.get("message.missing_parameter", lang, parameter=item.parameter)
        elif item.id:
            yield words.get("message.missing_row", lang, field=item.field, id=item.id)
        else:
            yield words.get("message.missing_field", lang, field=item.field)


def _finding_message(observation: Observation, rule: Rule, words: Words, lang: Lang) -> str:
    values = {name: value_text(value, words, lang) for name, value in observation.values}
    return fill(rule.message.within(lang), values, otherwise=words.get("value.unknown", lang))
