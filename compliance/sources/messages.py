"""Where readers of formats that are no canonical file plug in: what they are given and what they hand back.

A reader is a module of `compliance.sources` with a function `read_messages(MessageRequest) -> Messages`. It
gets all files of its kind at once, since a fact may be assembled from several. A new kind needs a form in
`folder.find_files` (or `national.national_form` for JSON) and a line in `READERS`; its rows are then checked,
placed and refused like any other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Protocol

from compliance.model.intake import Notice
from compliance.sources.known import Known
from compliance.sources.protected import ProtectedNames
from compliance.sources.refusal import Flaw

READER = "compliance.sources.iwmo"
BROUGHT = "referral"  # what a message that cannot even be opened may have brought
# In this order: what the trade register brought is known when a spreadsheet names an organisation.
READERS: Mapping[str, str] = {
    "kvk": "compliance.sources.kvk",
    "bods": "compliance.sources.bods",
    "sheet": "compliance.sources.sheets",
    "xml": READER,
}


@dataclass(frozen=True, slots=True)
class MessageRequest:
    """What the reader gets.

    `paths` are literal and as shown to people. `key` is the 32-byte key for pseudonyms, or None (then the
    reader makes a random one and says so in a notice). `contract` is the id the rows belong to, or None
    when the run names none. Only rows of `entities` are wanted. `lost` says that there were message files
    which could not even be opened.

    Of what other files brought: the ids of `contracts` and `clients`, and in `providers` the ids of the
    organisations that have an AGB code; `known` holds these and all organisations. `supplier` delivers,
    empty in a check. `documents` are the data of JSON files, read already. `mapping` names the one mapping to
    read spreadsheets with. `protected` recognises columns that are refused.
    """

    paths: tuple[str, ...]
    key: bytes | None = field(repr=False)
    contract: str | None
    entities: frozenset[str]
    lost: bool = False
    contracts: tuple[str, ...] = ()
    clients: frozenset[str] = frozenset()
    providers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    known: Known = field(default_factory=Known)
    supplier: str = ""
    documents: Mapping[str, Any] = field(default_factory=dict, repr=False)
    mapping: str | None = None
    protected: ProtectedNames | None = None


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A row read from messages: text values by field, where it stands, and which fields never come.

    `path` is one of the request's paths, `place` an XPath in it. A field in `lacked` was not delivered
    (unknown); any other field that `values` omits is empty. `typed` are the values as `rows.check_row` gave
    them, from a reader that checked the row itself.
    """

    entity: str
    values: Mapping[str, Any]
    path: str
    place: str
    lacked: frozenset[str] = frozenset()
    typed: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class MessageRefusal:
    """A message, or when `place` is filled a part of it, that cannot be used; `entity` when known.

    `identity` is the id that the refused row would have had, when that is known.
    """

    path: str
    flaw: Flaw
    place: str = ""
    entity: str = ""
    identity: str | None = None


@dataclass(frozen=True, slots=True)
class Messages:
    """What the reader found: rows, refusals, notices, and the entities its messages bring (even if none).

    Of the entities in `spoiled` a file was refused that would have brought some.
    """

    rows: Sequence[MessageRow] = ()
    refusals: Sequence[MessageRefusal] = ()
    notices: Sequence[Notice] = ()
    brings: frozenset[str] = field(default_factory=frozenset)
    spoiled: frozenset[str] = field(default_factory=frozenset)


class MessageReader(Protocol):
    """The function that the plug-in provides."""

    def __call__(self, request: MessageRequest, /) -> Messages: ...


def message_reader(form: str = "xml") -> MessageReader | None:
    """The reader of files of that form, when it is installed."""
    module = READERS[form]
    if find_spec(module) is None:
        return None
    reader: MessageReader = import_module(module).read_messages
    return reader
