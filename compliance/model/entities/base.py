"""What every entity shares: the class of a row, and the kinds of value that several themes use."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from compliance.model.fields import Hours, Id, Pct, Whole

Compartment = Literal["contract", "supervision", "bibob"]
Service = Literal["ambulatory", "specialist_day", "open_day", "short_stay", "household_help"]
Year = Annotated[Whole, Field(ge=1900, le=2200)]
Positive = Annotated[Whole, Field(ge=0)]
Share = Annotated[Pct, Field(ge=0, le=100)]
Worked = Annotated[Hours, Field(ge=0)]
Period = tuple[str, str]


class Entity(BaseModel):
    """A row of facts: immutable, nothing beyond its declared fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    compartment: ClassVar[Compartment] = "contract"
    # Pairs of days of which the second may not lie before the first.
    orders: ClassVar[tuple[Period, ...]] = ()
    # (field, code, required field): the code makes the other field required.
    demands: ClassVar[tuple[tuple[str, str, str], ...]] = ()

    id: Id
