"""A page of HTML as PDF: tagged, the same bytes for the same page, and nothing is fetched from anywhere."""

from __future__ import annotations

import hashlib


class FetchRefusedError(ValueError):
    """The page wanted something from outside itself; a report holds everything it shows."""


def render_pdf(page: str) -> bytes:
    """The page as tagged PDF (PDF/UA-1); its identifier is the page's own hash.

    Raises: FetchRefusedError when the page refers to anything outside itself.
    """
    # Slow to import, and only PDF needs it.
    from weasyprint import HTML  # type: ignore[import-untyped]  # noqa: PLC0415
    from weasyprint.urls import FatalURLFetchingError, URLFetcher  # type: ignore[import-untyped]  # noqa: PLC0415

    fetcher = URLFetcher(allowed_protocols=(), fail_on_errors=True)
    document = HTML(string=page, url_fetcher=fetcher, media_type="print")
    identifier = hashlib.sha256(page.encode()).hexdigest()[:32].encode()
    try:
        made: bytes = document.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=identifier)
    except FatalURLFetchingError as error:
        raise FetchRefusedError(str(error)) from None
    return made
