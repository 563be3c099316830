"""What a mapping can say: which sheets it recognises, and how their columns become facts."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from compliance.model.rule import Bilingual

Name = Annotated[str, Field(min_length=1, max_length=120)]
DayForm = Literal["dd-mm-yyyy", "dd/mm/yyyy", "dd.mm.yyyy", "yyyy-mm-dd", "yyyymmdd"]
WORD = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"


class _Part(BaseModel):
    """A part of a mapping; a key that it does not know is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Made(_Part):
    """An id made of columns, always the same for the same values."""

    columns: tuple[Name, ...] = Field(min_length=1, description="The columns whose values make the id.")
    prefix: str = Field(
        default="", max_length=40, pattern=r"^[a-z0-9-]*$", description="What stands before them."
    )
    secret: bool = Field(default=False, description="The values go in only as a keyed pseudonym.")
    shared: bool = Field(
        default=False, description="The values mean the same at every supplier: its name does not go in."
    )


class Party(_Part):
    """How an organisation is known: by a number or an id, never by its name."""

    kvk_number: Name | None = Field(default=None, description="The column with the KVK number.")
    agb_code: Name | None = Field(default=None, description="The column with the AGB code.")
    id: Made | None = Field(default=None, description="The id where there is no number.")
    name: Name | None = Field(
        default=None, description="The column with the name, only to ask whether it is another of that name."
    )

    @model_validator(mode="after")
    def _known_somehow(self) -> Party:
        if not (self.kvk_number or self.agb_code or self.id):
            raise ValueError("an organisation needs kvk_number, agb_code or id")
        return self


class Source(_Part):
    """Where a field's value comes from: exactly one of column, constant, contract, organisation, made."""

    column: Name | None = Field(default=None, description="The name of the column.")
    codes: dict[str, str] | None = Field(
        default=None, description="What each word in the column means; another word refuses the row."
    )
    digits: int | None = Field(
        default=None,
        ge=1,
        le=20,
        description="A number of so many digits: zeros that a sheet drops come back.",
    )
    constant: str | None = Field(default=None, description="One value for every row.")
    contract: Literal[True] | None = Field(default=None, description="The contract at hand.")
    organisation: Party | None = Field(default=None, description="An organisation, by its numbers.")
    made: Made | None = Field(default=None, description="An id made of columns.")

    @model_validator(mode="after")
    def _one_source(self) -> Source:
        given = [self.column, self.constant, self.contract, self.organisation, self.made]
        if sum(each is not None for each in given) != 1:
            raise ValueError("give exactly one of column, constant, contract, organisation, made")
        if self.column is None and (self.codes is not None or self.digits is not None):
            raise ValueError("codes and digits belong to a column")
        return self


def _from_name(value: Any) -> Any:
    return {"column": value} if isinstance(value, str) else value


FieldSource = Annotated[Source, BeforeValidator(_from_name)]


class Record(_Part):
    """One entity that each row of the sheet brings."""

    entity: Name
    id: Made | Party = Field(description="How the id is made; an organisation is known by its numbers.")
    fields: dict[str, FieldSource] = Field(default_factory=dict)
    when: tuple[Name, ...] = Field(default=(), description="Only for rows in which these columns are filled.")


class Recognise(_Part):
    """Which sheets this mapping is for."""

    columns: tuple[Name, ...] = Field(min_length=1, description="Columns that must be there, in one row.")
    sheets: tuple[Name, ...] = Field(default=(), description="Only sheets of these names; empty: any.")
    within: int = Field(default=20, ge=1, le=100, description="The header is among the first so many rows.")


class Rows(_Part):
    """Which rows are none."""

    totals: tuple[Name, ...] = Field(
        default=("Totaal", "Eindtotaal", "Subtotaal", "Total"),
        description="A row that begins with one of these words is a total, and not read.",
    )


class Formats(_Part):
    """How values are written in cells of text."""

    days: tuple[DayForm, ...] = Field(default=("dd-mm-yyyy", "yyyy-mm-dd"), min_length=1)
    decimal: Literal["comma", "point"] = "comma"
    yes: tuple[str, ...] = ("ja", "j", "true", "waar", "x", "yes")
    no: tuple[str, ...] = ("nee", "n", "false", "onwaar", "no")
    formulas: Literal["refuse", "value"] = Field(
        default="refuse", description="value: what the sheet last computed counts."
    )


class SheetMapping(_Part):
    """How one kind of spreadsheet becomes facts."""

    mapping: Annotated[str, Field(pattern=WORD, max_length=60)]
    title: Bilingual
    source: str = Field(default="", description="Where the columns were learnt from, and how sure that is.")
    recognise: Recognise
    rows: Rows = Rows()
    formats: Formats = Formats()
    aliases: dict[str, tuple[Name, ...]] = Field(default_factory=dict, description="Other names of a column.")
    ignore: tuple[Name, ...] = Field(default=(), description="Columns that are known and not read.")
    records: tuple[Record, ...] = Field(min_length=1)


def mapping_schema() -> dict[str, Any]:
    """The JSON Schema of a mapping, for editors."""
    return SheetMapping.model_json_schema()
