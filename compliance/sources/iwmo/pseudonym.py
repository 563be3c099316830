"""Makes a pseudonym of a BSN with a secret key, so that the number itself is kept nowhere."""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import dataclass, field

from compliance.errors import Problem, UsageError
from compliance.sources.bsn import passes_bsn_test

KEY_LENGTH = 32
_NINE_DIGITS = re.compile(r"\d{9}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """Turns a BSN into the HMAC-SHA-256 of its digits, as 64 hexadecimal digits.

    The same key gives the same pseudonyms on every machine; without the key nobody can make or check one.
    """

    key: bytes = field(repr=False)

    def of(self, bsn: str) -> str | None:
        """The pseudonym, or None for what is no BSN: nine digits that pass the eleven-test."""
        if not _NINE_DIGITS.fullmatch(bsn) or not passes_bsn_test(bsn):
            return None
        return hmac.digest(self.key, bsn.encode("ascii"), "sha256").hex()


def with_key(key: bytes | None) -> tuple[Pseudonyms, bool]:
    """Pseudonyms under the key, and whether it had to be made: then they hold for this run only.

    Raises: UsageError for a key of another length.
    """
    if key is None:
        return Pseudonyms(secrets.token_bytes(KEY_LENGTH)), True
    if len(key) != KEY_LENGTH:
        message = f"The key of pseudonyms must be {KEY_LENGTH} bytes, found {len(key)}."
        raise UsageError(Problem("", "pseudonym-key", message, "Make one with: openssl rand -hex 32"))
    return Pseudonyms(key), False
