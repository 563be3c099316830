"""A rule's expressions, read and typed against the model; every flaw found, not the first.

Norm: rules.md, "Expressions" and "One rule, one file".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from string import Formatter
from typing import TypeVar

from compliance.errors import closest
from compliance.language.functions import CONTRACT
from compliance.language.read import read_let, read_rows, read_value
from compliance.language.scope import Binding, Flaw, NumberType, Refused, Scope, unknown_name
from compliance.language.tree import (
    AsOf,
    CheckedRule,
    CoveredDays,
    Field,
    Named,
    Need,
    Node,
    Row,
    Rows,
    Step,
    Type,
    Var,
)
from compliance.model.rule import Rule
from compliance.model.schema import entities

SUBJECT = re.compile(r"([a-z_]+) as ([a-z][a-z0-9_]*)")
T = TypeVar("T")


def check_rule(rule: Rule, numbers: Mapping[str, NumberType]) -> tuple[CheckedRule | None, list[Flaw]]:
    """The rule with its expressions typed, or None and every flaw found."""
    checker = _Checker(rule, numbers)
    checked = checker.check()
    return (None, checker.flaws) if checker.flaws else (checked, [])


class _Checker:
    def __init__(self, rule: Rule, numbers: Mapping[str, NumberType]) -> None:
        self.rule = rule
        self.flaws: list[Flaw] = []
        self.scope = Scope(numbers, {"contract": CONTRACT})
        self.lets: dict[str, Node] = {}
        self.conditions: dict[str, Node] = {}

    def check(self) -> CheckedRule | None:
        subject = self._try(("subject",), self._subject)
        if subject is None:
            return None
        for name, text in self.rule.let.items():
            self._try(("let", name), lambda name=name, text=text: self._let(name, text))  # type: ignore[misc]
        for name, text in self.rule.conditions.items():
            self._try(("conditions", name), lambda name=name, text=text: self._condition(name, text))  # type: ignore[misc]
        flag = self._value("flag_when", self.rule.flag_when, "bool")
        applies = self._optional("applies_when", self.rule.applies_when, "bool")
        number_day = self._value("number_day", self.rule.number_day, "day")
        since = self._optional("deviates_since", self.rule.deviates_since, "day")
        about = self._optional("about", self.rule.about, "text")
        needs = [self._try(("needs", str(i)), lambda text=text: self._need(text)) for i, text in enumerate(self.rule.needs)]  # type: ignore[misc]  # fmt: skip
        evidence = [(key, self._try(("evidence", key), lambda key=key, text=text: self._evidence(key, text))) for key, text in self.rule.evidence.items()]  # type: ignore[misc]  # fmt: skip
        shown = self._shown()
        if flag is None or number_day is None or self.flaws:
            return None
        checked = CheckedRule(
            rule=self.rule,
            subject=subject,
            lets=self.lets,
            conditions=self.conditions,
            applies_when=applies,
            flag_when=flag,
            needs=tuple(need for need in needs if need),
            number_day=number_day,
            deviates_since=since,
            about=about,
            evidence=tuple((key, rows) for key, rows in evidence if rows),
            shown=shown,
            reads={},
        )
        reads = _reads(checked)
        self._within_compartment(reads)
        return CheckedRule(**{**{name: getattr(checked, name) for name in checked.__slots__}, "reads": reads})

    def _try(self, path: tuple[str, ...], read: Callable[[], T]) -> T | None:
        try:
            return read()
        except Refused as refused:
            self.flaws.append(Flaw(path, refused.message, refused.hint))
        except RecursionError:
            self.flaws.append(Flaw(path, "nested too deeply.", "Split it over several lets."))
        return None

    def _value(self, key: str, text: str, kind: Type) -> Node | None:
        def read() -> Node:
            node = read_value(text, self.scope)
            if node.type != kind:
                raise Refused(f"{key} must be a {kind}, and this is a {node.type}.")
            return node

        return self._try((key,), read)

    def _optional(self, key: str, text: str | None, kind: Type) -> Node | None:
        return None if text is None else self._value(key, text, kind)

    def _subject(self) -> Var:
        match = SUBJECT.fullmatch(self.rule.subject.strip())
        if not match:
            raise Refused("subject must read `entity as x`.", "For example: subject: referral as r")
        entity, name = match.groups()
        if entity not in entities():
            raise unknown_name("the entity", entity, entities())
        if entities()[entity].derived:
            raise Refused(f"{entity} is derived and cannot be a subject.")
        var = Var(entity=entity, name=name, iterated=False)
        self._bind(name, var)
        return var

    def _bind(self, name: str, binding: Binding) -> None:
        self.scope = self.scope.bind(name, binding)

    def _let(self, name: str, text: str) -> None:
        found = read_let(text, self.scope)
        if isinstance(found, Rows):
            self._bind(name, found)
            return
        self.lets[name] = found
        self._bind(name, Named(name, found))

    def _condition(self, name: str, text: str) -> None:
        node = read_value(text, self.scope)
        if node.type != "bool":
            raise Refused(f"a condition must be true or false, and this is a {node.type}.")
        self.conditions[name] = node
        self._bind(name, Named(name, node))

    def _need(self, text: str) -> Need:
        column = re.fullmatch(r"([a-z_]+)\.([a-z_]+)", text.strip())
        if column and column[1] not in self.scope.names:
            entity, name = column.groups()
            if entity not in entities():
                raise unknown_name("the entity", entity, [*entities(), *self.scope.names])
            if name not in entities()[entity].fields:
                raise unknown_name(f"the field {entity}", name, entities()[entity].fields)
            return Need(text, column=entities()[entity].fields[name])
        node = read_value(text, self.scope)
        if not isinstance(node, Field | Named):
            raise Refused("a need is a field, a column `entity.field` or the name of a let.")
        return Need(text, node=node)

    def _evidence(self, key: str, text: str) -> Rows:
        rows = read_rows(text, self.scope)
        if rows.var.entity != key:
            raise Refused(f"holds rows of {rows.var.entity}, not of {key}.", f"Call it {rows.var.entity}.")
        return rows

    def _shown(self) -> tuple[str, ...]:
        """The lets that the messages name; both languages must name lets that have one value."""
        names: dict[str, None] = {}
        for lang, text in (("nl", self.rule.message.nl), ("en", self.rule.message.en)):
            try:
                found = [name for _, name, *_ in Formatter().parse(text) if name is not None]
            except ValueError:
                self.flaws.append(Flaw(("message", lang), "has a brace that is not closed."))
                continue
            for name in found:
                if name not in self.lets and not self.flaws:
                    hint = closest(name, self.lets) or "Name a let that has one value."
                    self.flaws.append(Flaw(("message", lang), f"names {{{name}}}, which is no let.", hint))
                names[name] = None
        return tuple(name for name in self.lets if name in names)

    def _within_compartment(self, reads: Mapping[str, frozenset[str]]) -> None:
        own = self.rule.compartment
        for entity in sorted(reads):
            other = entities()[entity].compartment
            if other not in ("contract", own):
                self.flaws.append(
                    Flaw(("compartment",), f"a rule of {own} may not read {entity}, which is {other}.")
                )


def _reads(checked: CheckedRule) -> dict[str, frozenset[str]]:
    """Per entity the fields that the rule uses; an entity that is only counted has its id."""
    found: dict[str, set[str]] = {checked.subject.entity: {"id"}}
    if "contract_id" in entities()[checked.subject.entity].fields:
        found[checked.subject.entity].add("contract_id")
    roots: list[Node | None] = [
        *checked.lets.values(),
        *checked.conditions.values(),
        checked.flag_when,
        checked.applies_when,
        checked.number_day,
        checked.deviates_since,
        checked.about,
        *(need.node for need in checked.needs),
        *(rows for _, rows in checked.evidence),
    ]
    for need in checked.needs:
        if need.column is not None:
            found.setdefault(need.column.entity, set()).update({"id", need.column.name})
    for root in roots:
        for node in root.walk() if root is not None else ():
            if isinstance(node, Field):
                found.setdefault(node.row.entity, {"id"}).add(node.spec.name)
            elif isinstance(node, Step):
                found.setdefault(node.base.entity, {"id"}).add(node.reference.name)
                found.setdefault(node.entity, {"id"})
            elif isinstance(node, Row):
                found.setdefault(node.entity, {"id"})
            elif isinstance(node, CoveredDays):
                found.setdefault(node.rows.var.entity, {"id"}).update({"first_day", "last_day"})
    return {entity: frozenset(names) for entity, names in found.items()}


__all__ = ["AsOf", "check_rule"]
