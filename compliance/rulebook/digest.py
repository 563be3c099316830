"""Hashes of rules and numbers over what they say, not over how the file is laid out."""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from compliance.model.number import Numbers
from compliance.model.rule import Rule

# What cannot change an outcome or a report of one does not change the hash either.
APART = frozenset(("examples", "equivalent_mutants"))


def rule_hash(rule: Rule) -> str:
    """`sha256:…` over the rule without its examples; expressions count as read, not as typed."""
    content = rule.model_dump(mode="json", exclude=set(APART))
    for key in ("needs", "number_day", "deviates_since", "about", "let", "conditions", "applies_when",
                "flag_when", "evidence"):  # fmt: skip
        content[key] = _normal(content[key])
    return _hash(content)


def book_hash(rules: Iterable[Rule], numbers: Numbers) -> str:
    """`sha256:…` over all rules, in order of id, and all numbers."""
    return _hash({"rules": {rule.id: rule_hash(rule) for rule in rules}, "numbers": _numbers(numbers)})


def _normal(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return ast.unparse(ast.parse(value.strip(), mode="eval"))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return value
    if isinstance(value, list):
        return [_normal(item) for item in value]
    # A list of pairs, since the order of lets and conditions is part of what they say.
    return [[key, _normal(item)] for key, item in value.items()] if isinstance(value, dict) else value


def _numbers(numbers: Numbers) -> dict[str, Any]:
    return {
        name: {
            "unit": spec.unit,
            "type": spec.type,
            "status": spec.status,
            "source": spec.source,
            "meaning": spec.meaning.model_dump(),
            "keyed_by": spec.keyed_by,
            "segments": [[str(day) if day else None, _plain(value)] for day, value in spec.segments],
        }
        for name, spec in ((name, numbers[name]) for name in numbers)
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return list(value) if isinstance(value, tuple) else str(value)


def _hash(content: Any) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()
