"""Reads all answers of the trade register of a run: which kind each is, and what it brings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from compliance.model.intake import Notice
from compliance.sources.iwmo.pseudonym import Pseudonyms, with_key
from compliance.sources.kvk.functions import CONTROL, PERSON, FunctionReader, is_about_functions
from compliance.sources.kvk.profile import organisation_row
from compliance.sources.kvk.tables import Tables, shipped_tables
from compliance.sources.messages import MessageRefusal, MessageRequest, MessageRow, Messages
from compliance.sources.parties import ORGANISATION, Parties, UnclearPartyError, parties_of
from compliance.sources.refusal import Flaw
from compliance.sources.shape import shape

# Answers that bring no fact a rule uses, by the key that tells them.
_WITHOUT_FACTS = {
    "vestigingsnummer": "vestigingsprofiel",
    "vestigingen": "vestigingen",
    "abonnementen": "mutatieservice",
    "signalen": "mutatieservice",
}


class _Register:
    """The answers of a run, read one by one."""

    def __init__(self, tables: Tables, parties: Parties, pseudonyms: Pseudonyms) -> None:
        self.tables = tables
        self.parties = parties
        self.pseudonyms = pseudonyms
        self.rows: list[MessageRow] = []
        self.refusals: list[MessageRefusal] = []
        self.notices: list[Notice] = []
        self.brings: set[str] = set()
        self.linked = 0

    def read(self, path: str, place: str, data: Any) -> None:
        """What one answer brings, or why it is refused."""
        if not isinstance(data, Mapping):
            flaw = Flaw("", "not_an_object", shape(data), "one answer of the trade register")
            self.refusals.append(MessageRefusal(path, flaw, place))
        elif name := next((name for key, name in _WITHOUT_FACTS.items() if key in data), None):
            self.notices.append(Notice("message_without_facts", path, "", f"KVK {name}"))
        elif is_about_functions(data, self.tables):
            self._read_functions(path, place or "$", data)
        elif "_embedded" in data or "materieleRegistratie" in data:
            self._read_profile(path, place, data)
        else:
            due = "an answer of the API Basisprofiel or Functionarissen as the trade register gives it"
            flaw = Flaw("", "unknown_answer", f"a group of {len(data)} fields", due)
            self.refusals.append(MessageRefusal(path, flaw, place))

    def _read_profile(self, path: str, place: str, data: Mapping[str, Any]) -> None:
        self.brings.add(ORGANISATION)
        try:
            found = organisation_row(data, path, place, self.tables, self.parties)
        except UnclearPartyError as error:
            found = MessageRefusal(path, error.flaw, place or "$", ORGANISATION)
        if isinstance(found, MessageRow):
            self.parties.bring(found)
        else:
            self.refusals.append(found)

    def _read_functions(self, path: str, place: str, data: Mapping[str, Any]) -> None:
        reader = FunctionReader(path, self.tables, self.parties, self.pseudonyms)
        reader.read(data, place)
        self.rows += reader.rows
        self.refusals += reader.refusals
        self.notices += reader.notices()
        self.linked += reader.linked
        self.brings |= {CONTROL, PERSON} if reader.met else set()


def read_messages(request: MessageRequest) -> Messages:
    """The organisations and functionaries in these answers, and what was refused.

    Raises: UsageError for a key of the wrong length or a broken table.
    """
    pseudonyms, made = with_key(request.key)
    register = _Register(shipped_tables(), parties_of(request), pseudonyms)
    # Profiles first: an organisation is brought by its own answer rather than by a mention in another.
    answers = [*_answers(request)]
    for path, place, data in sorted(answers, key=lambda answer: _is_functions(answer[2], register.tables)):
        register.read(path, place, data)
    rows = [*register.parties.rows(), *register.rows]
    if made and register.linked:
        register.notices.append(Notice("random_pseudonym_key", entity=PERSON))
    return Messages(
        rows=rows,
        refusals=register.refusals,
        notices=[*register.notices, *register.parties.notices()],
        brings=frozenset(register.brings),
    )


def _answers(request: MessageRequest) -> Iterator[tuple[str, str, Any]]:
    """Every answer with its file and place; a file may hold a list of them."""
    for path, data in sorted(request.documents.items()):
        if isinstance(data, list):
            yield from ((path, f"$[{at}]", item) for at, item in enumerate(data))
        else:
            yield path, "", data


def _is_functions(data: Any, tables: Tables) -> bool:
    return isinstance(data, Mapping) and is_about_functions(data, tables)
