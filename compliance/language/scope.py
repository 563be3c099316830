"""Names that an expression may use, and what each stands for; and the flaws that reading finds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple, Protocol

from compliance.errors import closest
from compliance.language.tree import And, Named, Node, Or, Row, Rows, Type

# A rule is judged with its lets filled in; beyond these its tree is no longer something a person wrote.
MOST_NODES = 5_000
MOST_LEVELS = 100
MOST_SHOWN = 60


class NumberType(Protocol):
    """What the checker must know of a number: its type, the field it depends on, and the codes of both."""

    @property
    def type(self) -> Literal["int", "decimal", "day", "codes"]: ...

    @property
    def keyed_by(self) -> str | None: ...

    @property
    def keys(self) -> tuple[str, ...]: ...

    @property
    def choices(self) -> tuple[str, ...]: ...


Binding = Node | Rows | Row


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something wrong in a rule, at a path of keys in its file."""

    path: tuple[str, ...]
    message: str
    hint: str = ""


class UnreadableError(Exception):
    """An expression cannot be read; carries what and how to mend it, not where."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class ToldError(UnreadableError):
    """An expression cannot be read because of a flaw that is told already."""

    def __init__(self) -> None:
        super().__init__("rests on something that cannot be read.")


@dataclass(frozen=True, slots=True)
class Blank(Node):
    """Stands for what could not be read, and is accepted everywhere: one flaw is told once."""


BLANK = Blank()


def too_large() -> UnreadableError:
    """The refusal of an expression that says more than a person can follow."""
    return UnreadableError("is too large with its lets filled in.", "Make it two rules.")


def fits(node: Node, *kinds: Type) -> bool:
    """Whether the node has one of the types, as far as is known."""
    return isinstance(node, Blank) or node.type in kinds


class Extent(NamedTuple):
    """How large a tree is with its lets filled in: nodes in all, and levels."""

    nodes: int
    levels: int


@dataclass(frozen=True, slots=True)
class Scope:
    """The names in reach, and the numbers that `param` can give."""

    numbers: Mapping[str, NumberType]
    names: Mapping[str, Binding] = field(default_factory=dict)
    extents: Mapping[str, Extent] = field(default_factory=dict)
    counter: list[int] = field(default_factory=lambda: [0])
    # By identity of a node, which stays alive with it here.
    measured: dict[int, tuple[Node, Extent]] = field(default_factory=dict)

    def bind(self, name: str, binding: Binding) -> Scope:
        """This scope with one more name; a name may not be used for two things."""
        if name in RESERVED:
            raise UnreadableError(f"the name {name!r} is a word of the language.", "Choose another name.")
        if name in self.names:
            raise UnreadableError(
                f"the name {name!r} already stands for something else.", "Choose another name."
            )
        extent = self.extent(binding.node if isinstance(binding, Named) else binding)
        return replace(self, names={**self.names, name: binding}, extents={**self.extents, name: extent})

    def find(self, name: str) -> Binding:
        """What the name stands for. Raises: UnreadableError for an unknown one, ToldError for a blank one."""
        if name in RESERVED:
            raise UnreadableError(
                f"the word {name!r} cannot stand alone here.", "Write param.name, or as_of."
            )
        if name not in self.names:
            raise UnreadableError(f"unknown name {shown(name)}.", closest(name, [*self.names, *RESERVED]))
        found = self.names[name]
        if isinstance(found, Blank):
            raise ToldError
        return found

    def extent(self, node: Node) -> Extent:
        """The size of a tree whose named parts are all bound here; n clauses count as n levels."""
        if isinstance(node, Named):
            return self.extents[node.name]
        known = self.measured.get(id(node))
        if known is not None:
            return known[1]
        parts = [self.extent(child) for child in node.children()]
        nodes, levels = 1 + sum(part.nodes for part in parts), max((part.levels for part in parts), default=0)
        extent = Extent(nodes, levels + (len(parts) if isinstance(node, And | Or) else 1))
        self.measured[id(node)] = (node, extent)
        return extent

    def unique(self, name: str) -> str:
        """A variable name that no other variable of the rule has."""
        self.counter[0] += 1
        return f"{name}_{self.counter[0]}"


RESERVED = ("param", "as_of", "and", "or", "not", "in", "is", "for", "if", "True", "False", "None")


def unknown_name(what: str, name: str, known: Iterable[str]) -> UnreadableError:
    """The refusal of a name that does not exist, with the closest that does."""
    return UnreadableError(f"{what} {shown(name)} does not exist.", closest(name, known))


def shown(text: str) -> str:
    """A name or code as messages show it: in quotes, shortened where it is long."""
    return repr(text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 1] + "…")
