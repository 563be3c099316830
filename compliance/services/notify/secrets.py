"""What opens the mail server and signs a webhook: from the environment only, never shown, never kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from compliance.errors import Problem, UsageError

USER, PASSWORD, KEY = "COMPLIANCE_SMTP_USER", "COMPLIANCE_SMTP_PASSWORD", "COMPLIANCE_WEBHOOK_KEY"
VARIABLES = (USER, PASSWORD, KEY)
SHORTEST_KEY = 16


@dataclass(frozen=True, slots=True)
class Secrets:
    """Name and password for the mail server, and the key that signs a webhook; each may be empty."""

    user: str = ""
    password: str = field(default="", repr=False)
    webhook_key: bytes = field(default=b"", repr=False)


def read_secrets(environ: Mapping[str, str]) -> Secrets:
    """The secrets in these variables of the environment.

    Raises: UsageError for a user without a password or the other way round, and for a key that is too short.
    """
    user, password = environ.get(USER, ""), environ.get(PASSWORD, "")
    key = environ.get(KEY, "").encode()
    problems = []
    if bool(user) != bool(password):
        missing = PASSWORD if user else USER
        problems.append(Problem(missing, "secret", "A user and a password belong together.", "Set both."))
    if key and len(key) < SHORTEST_KEY:
        message = f"A key needs at least {SHORTEST_KEY} characters."
        problems.append(Problem(KEY, "secret", message))
    if problems:
        raise UsageError(problems)
    return Secrets(user, password, key)
