"""Where a reader of national messages (iWmo XML) plugs in: what it is given and what it hands back.

The reader is the module `compliance.sources.iwmo` with a function `read_messages(MessageRequest) ->
Messages`. It gets all XML files of a run at once, since a referral is assembled from several messages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Protocol

from compliance.model.intake import Notice
from compliance.sources.refusal import Flaw

READER = "compliance.sources.iwmo"
BROUGHT = "referral"  # what a message that cannot even be opened may have brought


@dataclass(frozen=True, slots=True)
class MessageRequest:
    """What the reader gets.

    `paths` are literal and as shown to people. `key` is the 32-byte key for pseudonyms, or None (then the
    reader makes a random one and says so in a notice). `contract` is the id the rows belong to, or None
    when the run names none. Only rows of `entities` are wanted. `lost` says that there were message files
    which could not even be opened.

    Of what other files brought: the ids of `contracts` and `clients`, and in `providers` the ids of the
    organisations that have an AGB code.
    """

    paths: tuple[str, ...]
    key: bytes | None = field(repr=False)
    contract: str | None
    entities: frozenset[str]
    lost: bool = False
    contracts: tuple[str, ...] = ()
    clients: frozenset[str] = frozenset()
    providers: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A row read from messages: text values by field, where it stands, and which fields never come.

    `path` is one of the request's paths, `place` an XPath in it. A field in `lacked` was not delivered
    (unknown); any other field that `values` omits is empty.
    """

    entity: str
    values: Mapping[str, Any]
    path: str
    place: str
    lacked: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class MessageRefusal:
    """A message, or when `place` is filled a part of it, that cannot be used; `entity` when known."""

    path: str
    flaw: Flaw
    place: str = ""
    entity: str = ""


@dataclass(frozen=True, slots=True)
class Messages:
    """What the reader found: rows, refusals, notices, and the entities its messages bring (even if none)."""

    rows: Sequence[MessageRow] = ()
    refusals: Sequence[MessageRefusal] = ()
    notices: Sequence[Notice] = ()
    brings: frozenset[str] = field(default_factory=frozenset)


class MessageReader(Protocol):
    """The function that the plug-in provides."""

    def __call__(self, request: MessageRequest, /) -> Messages: ...


def message_reader() -> MessageReader | None:
    """The reader, when it is installed."""
    if find_spec(READER) is None:
        return None
    reader: MessageReader = import_module(READER).read_messages
    return reader
