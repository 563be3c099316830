"""The pages of the rule book: one per rule and an index, as Markdown, made from the rule files alone.

Dutch first, English beside it. Deterministic: the same rules give the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from compliance.model.number import NumberSpec
from compliance.model.rule import Bilingual, Example, Expected, Rule
from compliance.rulebook.book import Rulebook
from compliance.rulebook.lint.logic import expressions
from compliance.rulebook.rulefile import RuleFile

INDEX = "README.md"
GENERATED = "<!-- Made from the rule files by `compliance rules docs`; change those instead. -->"
OUTCOMES = {
    "finding": "vraagpunt · finding",
    "compliant": "geen afwijking gezien · compliant",
    "not_assessable": "niet te beoordelen · not assessable",
    "not_applicable": "niet van toepassing · not applicable",
}
KINDS = {"norm": "norm", "signal": "signaal · signal"}


def pages(book: Rulebook) -> dict[str, str]:
    """Every page by file name.

    Raises: RulebookError when examples cannot be read.
    """
    found = {f"{file.rule.id}.md": _page(file, book) for file in book.files.values()}
    return {INDEX: _index(book), **found}


def _index(book: Rulebook) -> str:
    lines = [GENERATED, "", "# Regels · Rules", ""]
    lines += [
        f"{len(book.files)} regels. Elke regel heeft een eigen bladzijde · Each rule has its own page.",
        "",
    ]
    family = ""
    for file in book.files.values():
        rule = file.rule
        if rule.family != family:
            family = rule.family
            head = (
                "Regel",
                "Titel · Title",
                "Soort · Kind",
                "Ernst · Severity",
                "Compartiment",
                "Stadium · Stage",
            )
            lines += ["", f"## {family}", "", *table_head(head)]
        title = f"{rule.title.nl} · *{rule.title.en}*"
        cells = (
            f"[{rule.id}]({rule.id}.md)",
            title,
            KINDS[rule.kind],
            rule.severity,
            rule.compartment,
            rule.stage,
        )
        lines.append(row(cells))
    return _joined(lines)


def _page(file: RuleFile, book: Rulebook) -> str:
    rule = file.rule
    lines = [GENERATED, "", f"# {rule.id} {rule.title.nl}", "", f"*{rule.title.en}*", ""]
    lines += table_head(("", ""))
    lines += [row(cells) for cells in _facets(rule)]
    lines += ["", "## Waarom · Why", "", *_both(rule.why), "## Methode · Method", "", *_method(rule)]
    lines += ["## Uitgewerkt voorbeeld · Worked example", "", *_worked(rule, file.examples)]
    lines += ["## Normen · Norms", "", *_norms(rule), "", "## Getallen · Numbers", ""]
    lines += [*_numbers(rule, book), "", "## Wat het wegneemt · What clears it", "", *_both(rule.clears)]
    lines += ["## Grenzen · Limits", "", *(line for limit in rule.limits for line in _item(limit))]
    if not rule.limits:
        lines.append("Geen bekend · None known.")
    count = sum(len(example.expect) for example in file.examples)
    lines += ["", f"{len(file.examples)} voorbeelden met {count} verwachtingen staan in · "]
    lines += [f"{len(file.examples)} examples with {count} expectations stand in `rules/{file.path}`."]
    return _joined(lines)


def _facets(rule: Rule) -> Iterator[tuple[str, str]]:
    yield "Soort · Kind", KINDS[rule.kind]
    yield "Ernst · Severity", rule.severity
    yield "Stadium · Stage", f"{rule.stage}, {rule.since}"
    yield "Voor · Addressee", rule.addressee
    yield "Compartiment · Compartment", rule.compartment
    if rule.obligations:
        yield "Verplichtingen · Obligations", ", ".join(rule.obligations)


def _method(rule: Rule) -> Iterator[str]:
    entity, _, name = rule.subject.partition(" as ")
    yield f"Per `{entity}` (`{name}`). De getallen gelden op · Numbers hold on `{rule.number_day}`."
    yield ""
    yield from table_head(("Naam · Name", "Betekenis · Meaning"))
    for name, text in {**rule.let, **rule.conditions}.items():
        yield row((f"`{name}`", code(text)))
    yield ""
    if rule.applies_when is not None:
        yield f"- Van toepassing als · Applies when: {code(rule.applies_when)}"
    yield f"- Vraagpunt als · Finding when: {code(rule.flag_when)}"
    if rule.needs:
        yield f"- Zonder deze niet te beoordelen · Not assessable without: {', '.join(map(code, rule.needs))}"
    if rule.deviates_since is not None:
        yield f"- Wijkt af sinds · Deviates since: {code(rule.deviates_since)}"
    if rule.about is not None:
        yield f"- Gaat over organisatie · About organisation: {code(rule.about)}"
    yield ""


def _worked(rule: Rule, examples: Sequence[Example]) -> Iterator[str]:
    """The first example that gives a finding, with its facts and what the rule says of it."""
    found = next(((example, item) for example in examples for item in example.expect
                  if item.outcome == "finding"), None)  # fmt: skip
    if found is None:
        yield from ("Nog geen · None yet.", "")
        return
    example, first = found
    yield from (f"**{example.name}** — peildatum · as of {example.as_of}", "")
    if example.parameters:
        numbers = ", ".join(f"`{name}` = {_shown(value)}" for name, value in example.parameters.items())
        yield from (f"Getallen · Numbers: {numbers}", "")
    for entity, rows in example.facts.items():
        yield from _facts(entity, rows)
    yield from table_head(("Onderwerp · Subject", "Uitkomst · Outcome", "Waarden · Values"))
    for item in example.expect:
        yield row((f"`{item.subject}`", OUTCOMES[item.outcome], _values(item)))
    yield ""
    yield from _both(Bilingual(nl=_filled(rule.message.nl, first), en=_filled(rule.message.en, first)))


def _facts(entity: str, rows: Any) -> Iterator[str]:
    if not isinstance(rows, list) or not rows:
        yield from (f"`{entity}`: geen · none", "")
        return
    names = list(dict.fromkeys(name for item in rows for name in item))
    yield from (f"`{entity}`", "")
    yield from table_head(names)
    for item in rows:
        yield row([_shown(item.get(name)) for name in names])
    yield ""


def _values(item: Expected) -> str:
    parts = [f"{name} = {_shown(value)}" for name, value in (item.values or {}).items()]
    return ", ".join([*parts, *(f"ontbreekt · missing: {name}" for name in item.missing or ())])


def _filled(message: str, item: Expected) -> str:
    values = item.values or {}
    return re.sub(r"\{(\w+)\}", lambda found: _shown(values.get(found[1], "…")), message)


def _norms(rule: Rule) -> Iterator[str]:
    for norm in rule.norms:
        quote = f" — “{norm.quote}”" if norm.quote else ""
        yield f"- {f'[{norm.citation()}]({norm.url})' if norm.url else norm.citation()}{quote}"


def _numbers(rule: Rule, book: Rulebook) -> Iterator[str]:
    text = "\n".join(text for _, text in expressions(rule))
    names = [name for name in dict.fromkeys(re.findall(r"param\.([a-z0-9_]+)", text)) if name in book.numbers]
    if not names:
        yield "Geen · None."
        return
    yield from table_head(
        ("Getal · Number", "Betekenis · Meaning", "Status", "Waarde · Value", "Bron · Source")
    )
    for name in names:
        spec = book.numbers[name]
        meaning = f"{spec.meaning.nl} *{spec.meaning.en}*"
        yield row((f"`{name}`", meaning, spec.status, number_shown(spec), spec.source))


def number_shown(spec: NumberSpec) -> str:
    """The values of a number with the days from which they hold, in one line."""
    parts = []
    for start, value in spec.segments:
        text = _shown(value)
        unit = "" if spec.unit in ("code", "date") else f" {spec.unit}"
        parts.append(f"{text}{unit}" + (f" ({start})" if start else ""))
    return "; ".join(parts) or "nog af te spreken · to be agreed"


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_shown(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(_shown, value))
    return "" if value is None else value.isoformat() if isinstance(value, date) else str(value)


def _both(text: Bilingual) -> list[str]:
    return [text.nl, "", f"*{text.en}*", ""]


def _item(text: Bilingual) -> list[str]:
    return [f"- {text.nl}", f"  *{text.en}*"]


def code(text: str) -> str:
    """An expression as inline code, in one line."""
    return f"`{' '.join(text.split())}`"


def table_head(cells: Sequence[str]) -> list[str]:
    """The two lines that open a Markdown table."""
    return [row(cells), "|" + " --- |" * len(cells)]


def row(cells: Sequence[str]) -> str:
    """A line of a Markdown table; bars in a cell are escaped."""
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _joined(lines: list[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).rstrip() + "\n"
