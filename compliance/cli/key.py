"""Keys, from the environment only; they are never shown."""

from __future__ import annotations

import os
import re
from base64 import b64decode

from compliance.errors import Problem, UsageError

VARIABLE = "COMPLIANCE_PSEUDONYM_KEY"
AUDIT_VARIABLE = "COMPLIANCE_AUDIT_KEY"
LENGTH = 32


def pseudonym_key() -> bytes | None:
    """The key of pseudonyms; None when unset.

    Raises: UsageError when the variable holds anything else.
    """
    return key_of(VARIABLE)


def audit_key() -> bytes | None:
    """The key of the checkpoints of the audit chain; None when unset.

    Raises: UsageError when the variable holds anything else.
    """
    return key_of(AUDIT_VARIABLE)


def key_of(variable: str) -> bytes | None:
    """The 32 bytes in the environment, written as 64 hexadecimal digits or as base64; None when unset.

    Raises: UsageError when the variable holds anything else.
    """
    text = os.environ.get(variable, "").strip()
    if not text:
        return None
    if re.fullmatch(r"[0-9a-fA-F]{64}", text, re.ASCII):
        return bytes.fromhex(text)
    if re.fullmatch(r"[A-Za-z0-9+/]{43}=", text, re.ASCII):
        key = b64decode(text)
        if len(key) == LENGTH:
            return key
    message = f"This is not a key of {LENGTH} bytes."
    raise UsageError(Problem(variable, "key", message, "Write 64 hexadecimal digits, or base64."))
