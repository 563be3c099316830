"""Sends one letter by mail: encrypted unless the server is this machine, with a message id that stays."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from email.utils import format_datetime

from compliance.services.notify.recipients import Post
from compliance.services.notify.secrets import Secrets
from compliance.services.notify.writing import Letter

TIMEOUT_SECONDS = 20


class NotSentError(Exception):
    """The letter did not go; the text says why in one word or code, never to whom or with what."""


def send_mail(letter: Letter, address: str, post: Post, secrets: Secrets) -> None:
    """The letter was accepted by the mail server.

    Raises: NotSentError.
    """
    message = as_message(letter, address, post.sender)
    try:
        with _connected(post) as server:
            if secrets.user and post.security != "none":
                server.login(secrets.user, secrets.password)
            server.send_message(message, from_addr=post.sender, to_addrs=[address])
    except smtplib.SMTPResponseException as error:
        raise NotSentError(f"SMTP {error.smtp_code}") from None
    except (smtplib.SMTPException, OSError, ValueError) as error:
        raise NotSentError(type(error).__name__) from None


def as_message(letter: Letter, address: str, sender: str) -> EmailMessage:
    """The letter as a mail; the same letter gives the same bytes."""
    message = EmailMessage(policy=POLICY)
    message["From"] = sender
    message["To"] = address
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(letter.written_at)
    message["Message-ID"] = f"<{letter.id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"  # so that nobody's absence note answers
    message["Content-Language"] = letter.lang
    message.set_content(letter.text, cte="quoted-printable")
    return message


def _connected(post: Post) -> smtplib.SMTP:
    if post.security == "none":
        return smtplib.SMTP(post.host, post.port, timeout=TIMEOUT_SECONDS)
    context = ssl.create_default_context(cafile=post.ca_file)
    if post.security == "tls":
        return smtplib.SMTP_SSL(post.host, post.port, timeout=TIMEOUT_SECONDS, context=context)
    server = smtplib.SMTP(post.host, post.port, timeout=TIMEOUT_SECONDS)
    try:
        server.starttls(context=context)
    except BaseException:
        server.close()
        raise
    return server
