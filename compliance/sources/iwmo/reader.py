"""Reads all messages of a run: each file whole or not at all, then the referrals they make together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from compliance.model.intake import Notice
from compliance.sources.iwmo.assembly import REFERRAL, Assembly, Ground
from compliance.sources.iwmo.codes import KINDS, Codes, Kind, MessageType, shipped_codes
from compliance.sources.iwmo.header import ROOT, is_foreign, message_type, read_header
from compliance.sources.iwmo.losses import Losses
from compliance.sources.iwmo.markup import parts, read_content, root_name
from compliance.sources.iwmo.message import Envelope, Loss
from compliance.sources.iwmo.products import ClientReader, Taken
from compliance.sources.iwmo.pseudonym import Pseudonyms, with_key
from compliance.sources.messages import MessageRefusal, MessageRequest, MessageRow, Messages
from compliance.sources.refusal import FileRefusedError, Flaw

CLIENT = "client"


@dataclass(frozen=True, slots=True)
class Letter:
    """A message of which everything that is used was read."""

    envelope: Envelope
    taken: Taken


@dataclass(slots=True)
class _Post:
    """All files of a run, read one by one."""

    codes: Codes
    pseudonyms: Pseudonyms
    letters: list[Letter] = field(default_factory=list)
    refusals: list[MessageRefusal] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)
    without_facts: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def read(self, path: str) -> None:
        """The message is taken, recognised as one without facts, or refused whole."""
        kind: MessageType | None = None
        foreign = False
        try:
            content = read_content(path)
            root = root_name(content)
            foreign = is_foreign(root)
            kind = message_type(root, self.codes)
            letter = self._letter(path, content, kind)
        except FileRefusedError as error:
            self._refuse(path, error.flaws, KINDS if kind is None and not foreign else _brought(kind))
        except OSError as error:
            flaw = Flaw("", "unreadable_file", error.strerror or "", "a file that may be read")
            self._refuse(path, [flaw], KINDS)
        else:
            if letter is None:
                self.without_facts[kind.name].append(path)
            else:
                self.letters.append(letter)

    def _refuse(self, path: str, flaws: Sequence[Flaw], kinds: Sequence[Kind]) -> None:
        """Nothing of the file is taken, and what it may have brought is unknown."""
        entity = REFERRAL if kinds else ""
        self.refusals += [MessageRefusal(path, flaw, entity=entity) for flaw in flaws]
        self.losses += [Loss(kind) for kind in kinds]

    def _letter(self, path: str, content: bytes, kind: MessageType) -> Letter | None:
        """The message; None for one that brings nothing.

        Raises: FileRefusedError.
        """
        header, client = f"{{{kind.namespace}}}Header", f"{{{kind.namespace}}}Client"
        taken, envelope, headed, clients = Taken(), None, False, 0
        for part in parts(content, header, client, deeper=kind.brings is None):
            if part.tag == header:
                if headed:
                    raise FileRefusedError(_misshapen(kind, "Header", "element_twice", "one header"))
                envelope, headed = read_header(part, kind, self.codes, path), True
            elif not headed:
                break
            else:
                clients += 1
                if envelope is not None:
                    ClientReader(envelope, self.codes, self.pseudonyms, taken).read(part, clients)
        if not headed:
            raise FileRefusedError(_misshapen(kind, "Header", "element_missing", "a header before all else"))
        if envelope is None:
            return None
        if not clients:
            raise FileRefusedError(_misshapen(kind, "Client", "element_missing", "at least one client"))
        return Letter(envelope, taken)


def _brought(kind: MessageType | None) -> tuple[Kind, ...]:
    return (kind.brings,) if kind is not None and kind.brings else ()


def _misshapen(kind: MessageType, name: str, code: str, due: str) -> Flaw:
    prefix = kind.name.lower()
    return Flaw(f"/{prefix}:{ROOT}/{prefix}:{name}", code, "", due)


def read_messages(request: MessageRequest) -> Messages:
    """The referrals in these messages, what was refused, and what a reader should know.

    Raises: UsageError for a key of the wrong length or a broken table of codes.
    """
    if REFERRAL not in request.entities:
        return Messages()
    pseudonyms, made = with_key(request.key)
    post = _Post(shipped_codes(), pseudonyms)
    for path in sorted(request.paths):
        post.read(path)
    if request.lost:
        post.losses += [Loss(kind) for kind in KINDS]
    letters, notices = _without_copies(post)
    notices += [_note(name, paths) for name, paths in sorted(post.without_facts.items())]
    if not letters:
        return Messages(refusals=post.refusals, notices=notices)
    if made:
        notices.append(Notice("random_pseudonym_key", entity=CLIENT))
    contract = _contract(request)
    if contract is None:
        due = "the contract named (--contract), or exactly one row of contract delivered"
        flaw = Flaw("contract_id", "contract_unclear", f"{len(request.contracts)} contracts", due)
        paths = sorted({letter.envelope.path for letter in letters})
        refused = [MessageRefusal(path, flaw, entity=REFERRAL) for path in paths]
        return Messages(refusals=post.refusals + refused, notices=notices)
    return _assembled(request, post, letters, contract, notices)


def _contract(request: MessageRequest) -> str | None:
    """The contract that assignments belong to: messages do not name it."""
    if request.contract is not None:
        return request.contract
    return request.contracts[0] if len(request.contracts) == 1 else None


def _assembled(
    request: MessageRequest, post: _Post, letters: Sequence[Letter], contract: str, notices: list[Notice]
) -> Messages:
    refusals = [
        MessageRefusal(letter.envelope.path, placed.flaw, placed.place, REFERRAL)
        for letter in letters
        for placed in letter.taken.flaws
    ]
    losses = Losses([*post.losses, *(loss for letter in letters for loss in letter.taken.losses)])
    told = frozenset((letter.envelope.kind, letter.envelope.municipality) for letter in letters)
    assembly = Assembly(Ground(post.codes, contract, request.providers, told), losses)
    assembly.assemble(
        (item for letter in letters for item in letter.taken.assignments),
        (item for letter in letters for item in letter.taken.reports),
    )
    brought = any(letter.envelope.kind == "assignment" for letter in letters)
    return Messages(
        rows=[*assembly.rows, *_clients(assembly.rows, request.clients)],
        refusals=[*post.refusals, *refusals, *assembly.refusals],
        notices=[*notices, *assembly.notices],
        brings=frozenset((REFERRAL, CLIENT)) if brought else frozenset(),
    )


def _clients(rows: Iterable[MessageRow], known: frozenset[str]) -> list[MessageRow]:
    """A row of client for each pseudonym that no other delivery brought."""
    first: Mapping[str, MessageRow] = {row.values["client_id"]: row for row in reversed([*rows])}
    return [
        MessageRow(CLIENT, {"id": client}, row.path, row.place)
        for client, row in sorted(first.items())
        if client not in known
    ]


def _without_copies(post: _Post) -> tuple[list[Letter], list[Notice]]:
    """Each message once; messages that say they are the same and differ are all refused."""
    groups: dict[object, list[Letter]] = defaultdict(list)
    for letter in post.letters:
        groups[letter.envelope.identity].append(letter)
    letters, notices = [], []
    for group in groups.values():
        first, *others = group
        if any(_content(other) != _content(first) for other in others):
            due = "an Identificatie that no other message of this sender and day has"
            for letter in group:
                flaw = Flaw("Identificatie", "equal_messages", "an Identificatie used twice", due)
                post.refusals.append(MessageRefusal(letter.envelope.path, flaw, entity=REFERRAL))
                post.losses.append(Loss(letter.envelope.kind, letter.envelope.municipality))
            continue
        letters.append(first)
        notices += [
            Notice("message_twice", other.envelope.path, REFERRAL, other.envelope.name) for other in others
        ]
    return letters, notices


def _content(letter: Letter) -> object:
    """What a message says, whatever its file is called."""
    taken = letter.taken
    return (
        [(item.place, item.client, item.number, item.category, item.code, item.assigned_from,
          item.assigned_on, item.assigned_at, item.change) for item in taken.assignments],
        [(item.place, item.client, item.number, item.category, item.code, item.assigned_from,
          item.began_on, item.status, item.ended_on, item.end_reason) for item in taken.reports],
        taken.flaws,
    )  # fmt: skip


def _note(name: str, paths: Sequence[str]) -> Notice:
    """One notice for all messages of a kind that brings no fact."""
    return Notice("message_without_facts", paths[0] if len(paths) == 1 else "", "", name, len(paths))
