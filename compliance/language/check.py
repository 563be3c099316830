"""A rule's expressions, read and typed against the model; every flaw found, not the first.

Norm: rules.md, "Expressions" and "One rule, one file".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from string import Formatter

from compliance.errors import closest
from compliance.language.functions import CONTRACT
from compliance.language.names import TYPE_WORDS
from compliance.language.read import Reading, read_let, read_rows, read_value
from compliance.language.reads import fields_read
from compliance.language.scope import (
    BLANK,
    Binding,
    Flaw,
    NumberType,
    Scope,
    UnreadableError,
    fits,
    unknown_name,
)
from compliance.language.tree import CheckedRule, Field, InParam, Named, Need, Node, Param, Rows, Type, Var
from compliance.model.rule import Rule
from compliance.model.schema import entities

SUBJECT = re.compile(r"([a-z_]+) as ([a-z][a-z0-9_]*)", re.ASCII)
COLUMN = re.compile(r"([a-z_]+)\.([a-z_]+)", re.ASCII)
Path = tuple[str, ...]


def check_rule(rule: Rule, numbers: Mapping[str, NumberType]) -> tuple[CheckedRule | None, list[Flaw]]:
    """The rule with its expressions typed, or None and every flaw found, each once."""
    checker = _Checker(rule, numbers)
    checked = checker.check()
    return checked, list(dict.fromkeys(checker.flaws))


class _Checker:
    def __init__(self, rule: Rule, numbers: Mapping[str, NumberType]) -> None:
        self.rule = rule
        self.flaws: list[Flaw] = []
        self.scope = Scope(numbers).bind("contract", CONTRACT)
        self.lets: dict[str, Node] = {}
        self.conditions: dict[str, Node] = {}

    def check(self) -> CheckedRule | None:
        subject = self._subject()
        if subject is None:  # everything else is about the subject
            return None
        for name, text in self.rule.let.items():
            self._let(name, text)
        for name, text in self.rule.conditions.items():
            self._condition(name, text)
        checked = CheckedRule(
            rule=self.rule,
            subject=subject,
            lets=self.lets,
            conditions=self.conditions,
            applies_when=self._optional("applies_when", self.rule.applies_when, "bool"),
            flag_when=self._value("flag_when", self.rule.flag_when, "bool"),
            needs=tuple(self._need(str(index), text) for index, text in enumerate(self.rule.needs)),
            number_day=self._number_day(),
            deviates_since=self._optional("deviates_since", self.rule.deviates_since, "day"),
            about=self._optional("about", self.rule.about, "text"),
            evidence=tuple(self._evidence(key, text) for key, text in self.rule.evidence.items()),
            shown=self._shown(),
            reads={},
        )
        if self.flaws:
            return None
        checked = replace(checked, reads=fields_read(checked))
        self._within_compartment(checked)
        return None if self.flaws else checked

    # -- what is told

    def _tell(self, path: Path, refusal: UnreadableError) -> None:
        self.flaws.append(Flaw(path, refusal.message, refusal.hint))

    def _node(self, path: Path, reading: Reading) -> Node:
        node, refusals = reading
        for refusal in refusals:
            self._tell(path, refusal)
        return node

    def _bind(self, path: Path, name: str, binding: Binding) -> None:
        """The name stands for the binding, unless it stands for something else already."""
        try:
            self.scope = self.scope.bind(name, binding)
        except UnreadableError as refusal:
            self._tell(path, refusal)

    # -- the keys of a rule

    def _subject(self) -> Var | None:
        path = ("subject",)
        match = SUBJECT.fullmatch(self.rule.subject.strip())
        if not match:
            hint = "For example: subject: referral as r"
            self._tell(path, UnreadableError("subject must read `entity as x`.", hint))
            return None
        entity, name = match.groups()
        var = Var(entity=entity, name=name, iterated=False)
        if entity in entities() and not entities()[entity].derived:
            self._bind(path, name, var)
            return var
        if entity in entities():
            self._tell(path, UnreadableError(f"{entity} is derived and cannot be a subject."))
        else:
            self._tell(path, unknown_name("the entity", entity, entities()))
        self._bind(path, name, BLANK)
        return var

    def _let(self, name: str, text: str) -> None:
        path = ("let", name)
        node = self._node(path, read_let(text, self.scope))
        if node != BLANK and not isinstance(node, Rows):
            self.lets[name] = node
            node = Named(name, node)
        self._bind(path, name, node)

    def _number_day(self) -> Node:
        node = self._value("number_day", self.rule.number_day, "day")
        if any(isinstance(part, Param | InParam) for part in node.walk()):
            refusal = UnreadableError("number_day asks for a number itself.", "Name a day of the subject.")
            self._tell(("number_day",), refusal)
        return node

    def _condition(self, name: str, text: str) -> None:
        path = ("conditions", name)
        node = self._typed(path, text, "bool")
        self.conditions[name] = node
        self._bind(path, name, node if node == BLANK else Named(name, node))

    def _typed(self, path: Path, text: str, kind: Type) -> Node:
        node = self._node(path, read_value(text, self.scope))
        if fits(node, kind):
            return node
        words = f"must be {TYPE_WORDS[kind]}, and this is {TYPE_WORDS[node.type]}."
        self._tell(path, UnreadableError(words))
        return BLANK

    def _value(self, key: str, text: str, kind: Type) -> Node:
        return self._typed((key,), text, kind)

    def _optional(self, key: str, text: str | None, kind: Type) -> Node | None:
        return None if text is None else self._value(key, text, kind)

    def _need(self, index: str, text: str) -> Need:
        path = ("needs", index)
        column = COLUMN.fullmatch(text.strip())
        if column and column[1] not in self.scope.names:
            entity, name = column.groups()
            if entity not in entities():
                self._tell(path, unknown_name("the entity", entity, [*entities(), *self.scope.names]))
            elif name not in entities()[entity].fields:
                self._tell(path, unknown_name(f"the field {entity}", name, entities()[entity].fields))
            else:
                return Need(text, column=entities()[entity].fields[name])
            return Need(text)
        node = self._node(path, read_value(text, self.scope))
        if node != BLANK and not isinstance(node, Field | Named):
            words = "a need is a field, a column `entity.field` or the name of a let."
            self._tell(path, UnreadableError(words))
        return Need(text, node=node)

    def _evidence(self, key: str, text: str) -> tuple[str, Rows]:
        path = ("evidence", key)
        rows = self._node(path, read_rows(text, self.scope))
        if not isinstance(rows, Rows):
            return key, Rows(CONTRACT, None)  # never used: a flaw is told
        if rows.var.entity != key:
            words = f"holds rows of {rows.var.entity}, not of {key}."
            self._tell(path, UnreadableError(words, f"Call it {rows.var.entity}."))
        return key, rows

    def _shown(self) -> tuple[str, ...]:
        """The lets that the messages name; both languages must name lets that have one value."""
        names: set[str] = set()
        for lang, text in (("nl", self.rule.message.nl), ("en", self.rule.message.en)):
            path = ("message", lang)
            try:
                found = [name for _, name, *_ in Formatter().parse(text) if name is not None]
            except ValueError:
                self._tell(path, UnreadableError("has a brace that is not closed."))
                continue
            for name in found:
                if name not in self.lets and self.scope.names.get(name) != BLANK:
                    hint = closest(name, self.lets) or "Name a let that has one value."
                    self._tell(path, UnreadableError(f"names {{{name}}}, which is no let.", hint))
            names.update(found)
        return tuple(name for name in self.lets if name in names)

    def _within_compartment(self, checked: CheckedRule) -> None:
        own = self.rule.compartment
        for entity in sorted(checked.reads):
            other = entities()[entity].compartment
            if other not in ("contract", own):
                words = f"a rule of {own} may not read {entity}, which is {other}."
                self._tell(("compartment",), UnreadableError(words))
