"""Writes the letters of a night: one for each recipient for whom something changed, ready to be sent.

A letter holds all that sending needs, so that it goes out the same when it must be sent again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from compliance.model.entities import Compartment
from compliance.model.night import NightAnswer, NightReceipt
from compliance.reporting.blocks import Wording
from compliance.reporting.digest import Digest, compose_digest, render_digest
from compliance.reporting.words import Lang, Words
from compliance.services.notify.recipients import Recipient

Reading = Callable[[tuple[Compartment, ...]], NightAnswer]


@dataclass(frozen=True, slots=True)
class Letter:
    """What one recipient is told of one run; `facts` is the same for a machine that reads it.

    `id` depends on the run and the recipient alone, so that a letter sent twice can be known as one.
    `reading` says what its recipient could see when it was written.
    """

    id: str
    recipient: str
    lang: Lang
    subject: str
    text: str
    written_at: datetime
    reading: str = "contract"
    facts: Mapping[str, Any] = field(default_factory=dict)

    def as_payload(self) -> str:
        """The letter as one line of JSON, for the outbox."""
        content = {
            "id": self.id, "recipient": self.recipient, "lang": self.lang, "subject": self.subject,
            "text": self.text, "written_at": self.written_at.astimezone(UTC).isoformat(),
            "reading": self.reading, "facts": dict(self.facts),
        }  # fmt: skip
        return json.dumps(content, ensure_ascii=False, sort_keys=True)


def letter_of(payload: str) -> Letter:
    """The letter that was kept as that line."""
    content = json.loads(payload)
    return Letter(**{**content, "written_at": datetime.fromisoformat(content["written_at"])})


def write_letters(
    recipients: Iterable[Recipient], reading: Reading, words: Words, place: str
) -> tuple[Letter, ...]:
    """A letter for each recipient for whom the run changed something that they may see.

    `reading` gives the run as a reader of those compartments may see it; `place` is the store's folder, as
    told to who wants to look.
    """
    letters = []
    for recipient in recipients:
        answer = reading(recipient.compartments)
        digest = compose_digest(answer, recipient.compartments, recipient.severity)
        if digest.worth_telling:
            letters.append(_letter(digest, answer.receipt, recipient, words, place))
    return tuple(letters)


def _letter(digest: Digest, receipt: NightReceipt, recipient: Recipient, words: Words, place: str) -> Letter:
    say = Wording(words, recipient.lang)
    told = render_digest(digest, say, place)
    return Letter(
        id=letter_id(receipt, recipient),
        recipient=recipient.name,
        lang=recipient.lang,
        subject=told.subject,
        text=told.text,
        written_at=receipt.finished_at,
        reading=reading_of(recipient),
        facts=told.facts,
    )


def reading_of(recipient: Recipient) -> str:
    """What the recipient may see, as one word."""
    return "+".join(sorted(set(recipient.compartments)))


def letter_id(receipt: NightReceipt, recipient: Recipient) -> str:
    """The name of a letter: equal for the same run and recipient, and for nothing else."""
    parts = (
        receipt.contract, str(receipt.number), receipt.as_of.isoformat(), receipt.known_at.isoformat(),
        recipient.name, recipient.mail or recipient.webhook or "",
    )  # fmt: skip
    digest = hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:24]
    return f"night-{receipt.number}.{digest}"
