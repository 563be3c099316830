"""Real servers on this machine to send to: mail with and without encryption and log-in, and webhooks."""

from __future__ import annotations

import ssl
from asyncio.base_events import Server
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword

CERTIFICATE = Path(__file__).with_name("localhost.pem")
USER, PASSWORD = "night", "a long password"


@dataclass
class Postbox:
    """What came in, as bytes; `answer` is what the server says of each mail."""

    mails: list[bytes] = field(default_factory=list)
    receivers: list[str] = field(default_factory=list)
    users: list[str] = field(default_factory=list)
    answer: str = "250 taken"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: ARG002, N802
        """Called by the server for each mail."""
        if self.answer.startswith("250"):
            self.mails.append(envelope.original_content or b"")
            self.receivers += envelope.rcpt_tos
        return self.answer

    def let_in(self, server: Any, session: Any, envelope: Any, mechanism: str, given: Any) -> AuthResult:  # noqa: ARG002
        """Called by the server for each log-in."""
        right = isinstance(given, LoginPassword) and (given.login, given.password) == (
            USER.encode(), PASSWORD.encode(),
        )  # fmt: skip
        if right:
            self.users.append(USER)
        return AuthResult(success=right, handled=False)


def server_context() -> ssl.SSLContext:
    """The server shows the certificate of localhost."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


class _Free(Controller):
    """A server on whichever port is free; the library wants to know it beforehand."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@contextmanager
def mail_server(postbox: Postbox, security: str = "starttls", *, login: bool = False) -> Iterator[int]:
    """A mail server on this machine; its port."""
    settings: dict[str, Any] = {}
    if security == "starttls":
        settings = {"tls_context": server_context(), "require_starttls": True}
    if login:
        settings |= {"auth_required": True, "authenticator": postbox.let_in}
    context = server_context() if security == "tls" else None
    controller = _Free(postbox, hostname="127.0.0.1", port=0, ssl_context=context, **settings)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


@dataclass
class Hook:
    """What was posted: path, headers in small letters, body; `status` is the answer."""

    posts: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    status: int = 204
    location: str = ""


@contextmanager
def web_server(hook: Hook, *, encrypted: bool = False) -> Iterator[int]:
    """A web server on this machine that takes posts; its port."""

    class Taker(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            hook.posts.append((self.path, headers, body))
            self.send_response(hook.status)
            if hook.location:
                self.send_header("Location", hook.location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's signature
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Taker)
    if encrypted:
        server.socket = server_context().wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
