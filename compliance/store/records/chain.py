"""The audit chain: each entry's hash covers the entry and the hash before it.

What an entry tells holds no personal data and no ids of facts: those must stay removable.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, desc, insert, select

from compliance.model.kept import AuditEntry, Checkpoint
from compliance.store.records.canonical import json_text, moment_text, sha256, sorted_json
from compliance.store.records.tables import audit, checkpoint

ROOT = sha256("compliance audit chain")


def entry_hash(seq: int, at: datetime, actor: str, action: str, detail: str, previous: str) -> str:
    """What the entry's hash must be."""
    return sha256(json_text([seq, moment_text(at), actor, action, detail, previous]))


def checkpoint_mac(key: bytes, seq: int, at: datetime, head: str, previous: str) -> str:
    """The head of the chain under the key; `previous` is the mac of the checkpoint before, or empty."""
    message = json_text(["checkpoint", seq, moment_text(at), head, previous])
    return hmac.new(key, message.encode(), "sha256").hexdigest()


def append(connection: Connection, at: datetime, actor: str, action: str, detail: Mapping[str, Any]) -> int:
    """The sequence number of the entry, added within the caller's transaction."""
    last = connection.execute(select(audit.c.seq, audit.c.hash).order_by(desc(audit.c.seq)).limit(1)).first()
    seq, previous = (last.seq + 1, last.hash) if last else (1, ROOT)
    text = sorted_json(detail)
    digest = entry_hash(seq, at, actor, action, text, previous)
    connection.execute(
        insert(audit).values(
            seq=seq, at=at, actor=actor, action=action, detail=text, previous=previous, hash=digest
        )
    )
    return seq


def add_checkpoint(connection: Connection, key: bytes, at: datetime) -> Checkpoint | None:
    """The newest entry under the key, added within the caller's transaction; None for an empty chain.

    Nothing is added when the newest entry has its checkpoint already: that one is given.
    """
    head = connection.execute(select(audit.c.seq, audit.c.hash).order_by(desc(audit.c.seq)).limit(1)).first()
    if head is None:
        return None
    last = connection.execute(select(checkpoint).order_by(desc(checkpoint.c.number)).limit(1)).first()
    if last is not None and last.seq == head.seq:
        return Checkpoint(**last._asdict())
    previous = last.mac if last else ""
    made = Checkpoint(
        number=last.number + 1 if last else 1,
        seq=head.seq,
        at=at,
        hash=head.hash,
        previous=previous,
        mac=checkpoint_mac(key, head.seq, at, head.hash, previous),
    )
    connection.execute(
        insert(checkpoint).values(
            number=made.number, seq=made.seq, at=at, hash=made.hash, previous=previous, mac=made.mac
        )
    )
    return made


def entry(row: Any) -> AuditEntry:
    """A row of the table as data; its detail stays text in `detail["text"]` when it is no JSON any more."""
    try:
        detail = json.loads(row.detail)
    except ValueError:
        detail = {"text": row.detail}
    return AuditEntry(row.seq, row.at, row.actor, row.action, detail, row.previous, row.hash)
