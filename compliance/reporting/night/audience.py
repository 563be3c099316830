"""For whom a report is: what that reader may see, which parts it has, and whether it needs a release.

Read from a content file; this module decides nothing about what a part looks like.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, ValidationError, field_validator

from compliance.errors import Problem, RulebookError
from compliance.model.entities import Compartment
from compliance.model.rule import Content, Line
from compliance.yaml12 import read_yaml

ReportForm = Literal["html", "xlsx", "md", "pdf"]
REPORT_FORMS: tuple[ReportForm, ...] = ("html", "xlsx", "md", "pdf")
Section = Literal[
    "failures", "fresh", "changed", "ahead", "owed", "owed_rules", "lapsing", "deliveries", "resolved",
    "standing", "standing_cards", "dossiers", "indicators", "indicator_trends", "findings_trend", "themes",
    "council_findings", "council_themes", "council_assessed", "council_trend",
]  # fmt: skip
Addressee = Literal["contractor", "subcontractor", "municipality"]


class Audience(Content):
    """One audience as the content file declares it; what each key means stands there."""

    name: Line
    compartments: Annotated[tuple[Compartment, ...], Field(min_length=1)]
    sections: Annotated[tuple[Section, ...], Field(min_length=1)]
    formats: Annotated[tuple[ReportForm, ...], Field(min_length=1)]
    release: bool
    nightly: tuple[ReportForm, ...] = ()
    addressees: tuple[Addressee, ...] = ("contractor", "subcontractor", "municipality")
    kinds: tuple[Literal["norm", "signal"], ...] = ("norm", "signal")
    owners: tuple[Line, ...] = ()
    own_only: tuple[Line, ...] = ()
    aggregates: bool = False

    @field_validator("release", "aggregates", mode="before")
    @classmethod
    def _truly(cls, value: object) -> object:
        if not isinstance(value, bool):
            raise ValueError("say true or false")  # noqa: TRY004 - pydantic lists a ValueError
        return value


def read_audiences(text: str, name: str) -> dict[str, Audience]:
    """Every audience of the content file, by name.

    Raises: InputError when it is not YAML; RulebookError listing every flaw with its line.
    """
    document = read_yaml(text, name)
    audiences: dict[str, Audience] = {}
    problems: list[Problem] = []
    if not isinstance(document.data, Mapping):
        raise RulebookError(Problem(name, "audience", "Expected audiences by name."))
    for key, declared in document.data.items():
        given = {**declared, "name": key} if isinstance(declared, Mapping) else declared
        try:
            audiences[key] = Audience.model_validate(given)
        except ValidationError as error:
            for flaw in error.errors():
                path = (key, *flaw["loc"])
                place = f"{name}:{document.line(path)}"
                where = ".".join(str(part) for part in path)
                problems.append(Problem(place, "audience", f"{where} does not fit: {flaw['msg']}."))
    if problems:
        raise RulebookError(problems)
    return audiences
