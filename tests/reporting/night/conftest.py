"""A night over a shipped case, with a hostile name in it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from compliance.model.finding import RowRef
from compliance.model.night import NightAnswer
from compliance.reporting.content import Content
from compliance.services.check import CheckRequest, check
from compliance.services.content import content_folder, report_content
from tests.reporting.night.answers import night_of

HOSTILE = '=1+1<script>alert("x")</script>|*é😀\u202e'


@pytest.fixture
def content() -> Content:
    """The words and templates that ship with the product."""
    return report_content()


@pytest.fixture
def night() -> NightAnswer:
    """A night with findings of every kind, and what is missing."""
    case = content_folder("cases") / "trouble" / "subcontractors.yaml"
    answer = night_of(check(CheckRequest(paths=(str(case),))))
    labels = {ref: HOSTILE if ref.entity == "organisation" else name for ref, name in answer.labels.items()}
    subjects = {one.subject: HOSTILE for one in answer.standings}
    title = {RowRef("contract", answer.receipt.contract): HOSTILE}
    return replace(answer, title=HOSTILE, labels={**labels, **subjects, **title})


@pytest.fixture
def quiet(night: NightAnswer) -> NightAnswer:
    """A night in which nothing was found and nothing came."""
    return replace(
        night, standings=(), dossiers=(), owed=(), ahead=(), lapsing=(), offered=(), trend=(), measures=(),
        series=(), notes=(),
    )  # fmt: skip
