"""Renders an answer in any format; the one door to this package for services and the command line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from compliance.model.run import CheckAnswer
from compliance.reporting.blocks import Wording
from compliance.reporting.compose import compose
from compliance.reporting.content import Content
from compliance.reporting.csv_format import render_csv
from compliance.reporting.json_format import render_json, render_jsonl
from compliance.reporting.md_format import render_md
from compliance.reporting.text_format import PLAIN_WIDTH, render_text
from compliance.reporting.words import Lang

Format = Literal["text", "json", "jsonl", "csv", "xlsx", "html", "md"]
FORMATS: tuple[Format, ...] = ("text", "json", "jsonl", "csv", "xlsx", "html", "md")
BINARY: tuple[Format, ...] = ("xlsx",)


@dataclass(frozen=True, slots=True)
class Look:
    """How a reader wants it: language, facts with their place, and for a terminal colour and width."""

    lang: Lang = "nl"
    provenance: bool = False
    colour: bool = False
    width: int = PLAIN_WIDTH


def render(answer: CheckAnswer, form: Format, content: Content, look: Look) -> bytes:
    """The answer as bytes, in UTF-8 where it is text."""
    say = Wording(content.words, look.lang, look.provenance)
    match form:
        case "json":
            text = render_json(answer, content.words, provenance=look.provenance)
        case "jsonl":
            text = render_jsonl(answer, content.words, provenance=look.provenance)
        case "csv":
            text = render_csv(answer, say)
        case "xlsx":
            # Imported only where they are asked for: these two load large libraries.
            from compliance.reporting.xlsx_format import render_xlsx  # noqa: PLC0415

            return render_xlsx(answer, say)
        case "html":
            from compliance.reporting.html_format import render_template  # noqa: PLC0415

            text = render_template("check.html.j2", content.templates, say, page=compose(answer, say))
        case "md":
            text = render_md(compose(answer, say), say)
        case "text":
            text = render_text(compose(answer, say), say, colour=look.colour, width=look.width)
    return text.encode("utf-8", errors="replace")
