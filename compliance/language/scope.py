"""Names that an expression may use, and what each stands for; and the flaws that reading finds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol

from compliance.errors import closest
from compliance.language.tree import Node, Row, Rows


class NumberType(Protocol):
    """What the checker must know of a number: its type and the code it depends on, if any."""

    @property
    def type(self) -> Literal["int", "decimal", "day", "codes"]: ...

    @property
    def keyed_by(self) -> str | None: ...


Binding = Node | Rows | Row


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something wrong in a rule, at a path of keys in its file."""

    path: tuple[str, ...]
    message: str
    hint: str = ""


class Refused(Exception):
    """An expression cannot be read; carries what and how to mend it, not where."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Scope:
    """The names in reach, and the numbers that `param` can give."""

    numbers: Mapping[str, NumberType]
    names: Mapping[str, Binding] = field(default_factory=dict)
    counter: list[int] = field(default_factory=lambda: [0])

    def bind(self, name: str, binding: Binding) -> Scope:
        """This scope with one more name; a name may not be used for two things."""
        if name in RESERVED:
            raise Refused(f"the name {name!r} is a word of the language", "Choose another name.")
        if name in self.names:
            raise Refused(f"the name {name!r} already stands for something else", "Choose another name.")
        return replace(self, names={**self.names, name: binding})

    def find(self, name: str) -> Binding:
        if name not in self.names:
            raise Refused(f"unknown name {name!r}.", closest(name, [*self.names, *RESERVED]))
        return self.names[name]

    def unique(self, name: str) -> str:
        """A variable name that no other variable of the rule has."""
        self.counter[0] += 1
        return f"{name}_{self.counter[0]}"


RESERVED = ("param", "as_of", "and", "or", "not", "in", "is", "for", "if", "True", "False", "None")


def unknown_name(what: str, name: str, known: Iterable[str]) -> Refused:
    """The refusal of a name that does not exist, with the closest that does."""
    return Refused(f"{what} {name!r} does not exist.", closest(name, known))
