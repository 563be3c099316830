"""Notifications: one digest per recipient and run, only on change, only inside the municipality."""

from __future__ import annotations

from compliance.services.notify.recipients import FILE, Recipients, recipients_of
from compliance.services.notify.secrets import VARIABLES, Secrets, read_secrets
from compliance.services.notify.sending import Delivered, deliver
from compliance.services.notify.step import notify
from compliance.services.notify.writing import Letter, write_letters

__all__ = [
    "FILE",
    "VARIABLES",
    "Delivered",
    "Letter",
    "Recipients",
    "Secrets",
    "deliver",
    "notify",
    "read_secrets",
    "recipients_of",
    "write_letters",
]
