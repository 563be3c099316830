"""A page of HTML as PDF: tagged, the same bytes for the same page, and nothing is fetched from anywhere."""

from __future__ import annotations

import hashlib


class FetchRefusedError(ValueError):
    """The page wanted something from outside itself; a report holds everything it shows."""


def render_pdf(page: str) -> bytes:
    """The page as tagged PDF (PDF/UA-1); its identifier is the page's own hash.

    Raises: FetchRefusedError when the page refers to anything outside itself.
    """
    from weasyprint import HTML  # type: ignore[import-untyped]  # noqa: PLC0415 - slow, and only PDF needs it

    document = HTML(string=page, url_fetcher=_refuse, media_type="print")
    made: bytes | None = document.write_pdf(
        pdf_variant="pdf/ua-1", pdf_identifier=hashlib.sha256(page.encode()).hexdigest()[:32].encode()
    )
    return made or b""


def _refuse(url: str, *_: object, **__: object) -> dict[str, object]:
    raise FetchRefusedError(url)
