"""The key of pseudonyms, from the environment only; it is never shown."""

from __future__ import annotations

import os
import re
from base64 import b64decode

from compliance.errors import Problem, UsageError

VARIABLE = "COMPLIANCE_PSEUDONYM_KEY"
LENGTH = 32


def pseudonym_key() -> bytes | None:
    """The 32 bytes in the environment, written as 64 hexadecimal digits or as base64; None when unset.

    Raises: UsageError when the variable holds anything else.
    """
    text = os.environ.get(VARIABLE, "").strip()
    if not text:
        return None
    if re.fullmatch(r"[0-9a-fA-F]{64}", text, re.ASCII):
        return bytes.fromhex(text)
    if re.fullmatch(r"[A-Za-z0-9+/]{43}=", text, re.ASCII):
        key = b64decode(text)
        if len(key) == LENGTH:
            return key
    message = f"This is not a key of {LENGTH} bytes."
    raise UsageError(Problem(VARIABLE, "key", message, "Write 64 hexadecimal digits, or base64."))
