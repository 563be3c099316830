"""The audiences of reports, as the content declares them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from compliance.errors import Problem, UsageError, closest
from compliance.reporting.night.audience import Audience, read_audiences
from compliance.services.content import content_folder

AUDIENCES = "audiences.yaml"


@cache
def audiences() -> Mapping[str, Audience]:
    """Every audience by name, in the order of the file.

    Raises: RulebookError for a file that does not fit.
    """
    path = content_folder("reports") / AUDIENCES
    return read_audiences(path.read_text(encoding="utf-8"), path.name)


def find_audience(name: str) -> Audience:
    """The audience of that name.

    Raises: UsageError naming the closest known one.
    """
    found = audiences().get(name)
    if found is None:
        known = ", ".join(audiences())
        hint = closest(name, audiences()) or f"Known: {known}."
        raise UsageError(Problem("AUDIENCE", "audience-unknown", f"There is no audience {name}.", hint))
    return found
