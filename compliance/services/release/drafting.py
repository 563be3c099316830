"""Makes the draft of a report that may leave once it is released: marked as such, beside what would leave.

Both are rendered at once and their hashes recorded, so that what is released later is what was drafted.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from compliance.model.kept import KeptReport
from compliance.model.night import NightAnswer
from compliance.reporting.content import Content
from compliance.reporting.night.audience import Audience, ReportForm
from compliance.reporting.night.render import render_night
from compliance.reporting.words import Lang
from compliance.services.release.files import has_hash, hash_of, put_file
from compliance.services.store import Store

DRAFTS, SEALED, RELEASED, WITHDRAWN = "draft", ".sealed", "released", "withdrawn"


def make_draft(
    store: Store,
    answer: NightAnswer,
    audience: Audience,
    form: ReportForm,
    content: Content,
    lang: Lang,
    *,
    at: datetime,
) -> KeptReport:
    """The report stands in the store as a draft, and is known by its id.

    One made before stays as it was; a new one is made beside it when that was changed, lost or withdrawn.

    Raises: StoreError when it cannot be written.
    """
    run, version = answer.receipt.number, 1
    there = {made.report: made for made in store.records.reports(run=run)}
    while (known := there.get(report_id(run, audience.name, lang, form, version))) is not None:
        if is_usable(store.folder, known):
            return known
        version += 1
    banner = content.words.get("release.concept", lang)
    draft = render_night(answer, audience, form, content, lang, banner=banner)
    final = render_night(answer, audience, form, content, lang)
    file = Path("reports") / str(run) / DRAFTS / file_name(audience.name, lang, form, version)
    # What would leave has a name that nobody opens by accident.
    put_file(sealed_place(store.folder / file), final)
    put_file(store.folder / file, draft)
    made = KeptReport(
        report=report_id(run, audience.name, lang, form, version),
        contract=answer.receipt.contract,
        run=run,
        audience=audience.name,
        form=form,
        file=file.as_posix(),
        draft_sha256=hash_of(draft),
        final_sha256=hash_of(final),
        made_at=at,
    )
    return store.records.add_report(made)


def report_id(run: int, audience: str, lang: Lang, form: ReportForm, version: int = 1) -> str:
    """The id by which a report is released: 12-contractor-nl-html, a second one 12-contractor-nl-html-2."""
    name = f"{run}-{audience}-{lang}-{form}"
    return name if version == 1 else f"{name}-{version}"


def file_name(audience: str, lang: Lang, form: ReportForm, version: int) -> str:
    """The name of the report's file: contractor-nl.html."""
    return f"{audience}-{lang}.{form}" if version == 1 else f"{audience}-{lang}-{version}.{form}"


def is_usable(folder: Path, made: KeptReport) -> bool:
    """Whether a report can still be released as it was made, or was released already."""
    draft = folder / made.file
    if made.state != "draft":
        return made.state == "released"
    return has_hash(draft, made.draft_sha256) and has_hash(sealed_place(draft), made.final_sha256)


def sealed_place(draft: Path) -> Path:
    """Where the bytes wait that would leave."""
    return draft.parent / SEALED / f"{draft.name}.sealed"


def place_of(draft: Path, folder: str) -> Path:
    """Where a draft's report stands once it was released, or withdrawn after that."""
    return draft.parent.parent / folder / draft.name
