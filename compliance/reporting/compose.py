"""Composes the page of an answer in one language: order and sentences, no markup."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

from compliance.model.finding import Missing
from compliance.model.intake import Notice, Refusal
from compliance.model.run import CheckAnswer, Expectation, Gap, Note
from compliance.reporting.blocks import Wording, rule_blocks, severity_blocks
from compliance.reporting.causes import Cause, group_causes
from compliance.reporting.page import CauseLine, DossierLine, Line, Page, RefusalLine, joined
from compliance.reporting.records import moment_text
from compliance.reporting.words import clean

REFUSALS_SHOWN = 50
ROWS_SHOWN = 5
TALLY = ("finding", "compliant", "not_assessable", "not_applicable", "failed")


def compose(answer: CheckAnswer, say: Wording) -> Page:
    """The page: what came and what did not, findings, what is not assessable, dossiers, counts."""
    refusals = answer.refusals
    others = [
        result for result in answer.results if result.observation.outcome in ("compliant", "not_applicable")
    ]
    return Page(
        title=say("report.title"),
        contract=_contract_title(answer),
        facts=tuple(_receipt(answer, say)),
        incomplete=_incomplete(answer, say),
        delivered=tuple(_delivered(answer, say)),
        refusals=tuple(refusal_line(refusal, say) for refusal in refusals[:REFUSALS_SHOWN]),
        refusals_more=_refusals_more(len(refusals), say),
        failures=tuple(Line("failed", f"{failure.rule}: {failure.message}") for failure in answer.failures),
        findings=severity_blocks(answer, say),
        causes=tuple(_cause(cause, answer, say) for cause in group_causes(answer.results)),
        others=rule_blocks(others, answer, say, {}),
        dossiers=tuple(_dossiers(answer, say)),
        expectations=tuple(_expectation(item, say) for item in answer.expectations or ()),
        notes=tuple(_notes(answer, say)),
        tally=tuple((code, _tally_word(code, say), getattr(answer.counts, code)) for code in TALLY),
        counts=counts_line(answer, say),
        aside=_aside(answer, say),
    )


def counts_line(answer: CheckAnswer, say: Wording) -> str:
    """The one line that closes every answer."""
    counts = answer.counts
    total = counts.finding + counts.compliant + counts.not_assessable + counts.not_applicable
    return say(
        "report.counts",
        total=say.count("report.count_total", total),
        rules=say.count("report.count_rules", answer.receipt.rules),
        finding=say.count("report.count_finding", counts.finding),
        compliant=counts.compliant,
        not_assessable=counts.not_assessable,
        not_applicable=counts.not_applicable,
        failed=say.count("report.count_failed", counts.failed),
    )


def _aside(answer: CheckAnswer, say: Wording) -> str:
    """How many findings do not stand on their own; empty when all do."""
    statuses = Counter(result.status for result in answer.results)
    excepted, follows = statuses["excepted"], statuses["follows_from"]
    if not excepted and not follows:
        return ""
    return say("report.counts_aside", excepted=excepted, follows=follows)


def _contract_title(answer: CheckAnswer) -> str:
    contract = answer.receipt.contract
    names = {ref.id: label for ref, label in answer.labels.items() if ref.entity == "contract"}
    return f"{names[contract]} ({contract})" if contract in names else contract


def _receipt(answer: CheckAnswer, say: Wording) -> Iterator[tuple[str, str]]:
    receipt = answer.receipt
    yield say("report.contract"), _contract_title(answer)
    yield say("report.as_of"), receipt.as_of.isoformat()
    if receipt.known_at:
        yield say("report.known_at"), moment_text(receipt.known_at) or ""
    yield (
        say("report.compartments"),
        ", ".join(say.name("compartment", name) for name in receipt.compartments),
    )
    yield say("report.rules"), str(receipt.rules)
    yield say("report.rulebook"), receipt.rulebook_hash


def _incomplete(answer: CheckAnswer, say: Wording) -> str:
    """That a run with a failure or a refusal is not the whole answer; empty when it is."""
    if answer.complete:
        return ""
    return say("report.incomplete", refused=len(answer.refusals), failed=len(answer.failures))


def _delivered(answer: CheckAnswer, say: Wording) -> Iterator[Line]:
    named = [
        say("report.delivered_item", entity=say.name("entity", item.entity), rows=item.rows)
        for item in answer.delivered
    ]
    if named:
        yield Line("delivered", say("report.delivered", entities=", ".join(named)))
    else:
        yield Line("gap", say("report.delivered_nothing"))
    if not answer.gaps:
        yield Line("delivered", say("report.no_gaps"))
    for rules, gaps in _gaps_by_rules(answer.gaps).items():
        names = ", ".join(_gap_name(gap.name, say) for gap in gaps)
        yield Line("gap", say.count("report.gap", len(rules), names=names, rules=", ".join(rules)))


def _gaps_by_rules(gaps: tuple[Gap, ...]) -> dict[tuple[str, ...], list[Gap]]:
    """Gaps that keep the same rules from judging share a line."""
    grouped: dict[tuple[str, ...], list[Gap]] = {}
    for gap in gaps:
        grouped.setdefault(gap.rules, []).append(gap)
    return grouped


def _gap_name(name: str, say: Wording) -> str:
    entity, _, field = name.partition(".")
    word = say.name("entity", entity)
    return f"{word} ({name})" if field else word if word == entity else f"{word} ({entity})"


def refusal_line(refusal: Refusal, say: Wording) -> RefusalLine:
    """A refused row in words."""
    return RefusalLine(
        file=clean(refusal.file),
        place=clean(refusal.place) or say("report.whole_file"),
        column=clean(refusal.column),
        reason=say.name("refusal", refusal.code),
        shape=clean(say.told(refusal.shape)),
        expected=clean(say.told(refusal.expected)),
    )


def _refusals_more(count: int, say: Wording) -> str:
    return say("report.refusals_more", count=count - REFUSALS_SHOWN) if count > REFUSALS_SHOWN else ""


def _cause(cause: Cause, answer: CheckAnswer, say: Wording) -> CauseLine:
    rows = sorted(cause.rows)
    more = say("report.evidence_more", count=len(rows) - ROWS_SHOWN)
    return CauseLine(
        cause=cause_text(cause.missing, {refusal.entity for refusal in answer.refusals}, say),
        owed_by=say.name("party", owed_by(cause.missing, say)),
        count=say.count("report.cause_count", cause.results),
        rules=", ".join(sorted(cause.rules)),
        rows=say("report.cause_rows", rows=joined(rows, ROWS_SHOWN, more)) if rows else "",
    )


def owed_by(missing: Missing, say: Wording) -> str:
    """The party that can bring it: a number both sides agree, a fact its deliverer."""
    return "both" if missing.kind == "parameter_not_agreed" else say.words.owed_by(missing.field)


def cause_text(missing: Missing, refused: Collection[str], say: Wording) -> str:
    """What is missing, in words; `refused` are the entities of which some row was refused."""
    if missing.kind == "parameter_not_agreed":
        return say("report.cause_parameter", parameter=missing.parameter)
    entity, _, field = missing.field.partition(".")
    word = say.name("entity", entity)
    if not field:
        return say("report.cause_incomplete" if entity in refused else "report.cause_entity", field=word)
    return say("report.cause_field", field=missing.field, entity=word)


def _dossiers(answer: CheckAnswer, say: Wording) -> Iterator[DossierLine]:
    names = {ref.id: label for ref, label in answer.labels.items() if ref.entity == "organisation"}
    for dossier in answer.dossiers:
        name = names.get(dossier.organisation)
        yield DossierLine(
            organisation=f"{name} ({dossier.organisation})" if name else dossier.organisation,
            severity=dossier.severity,
            word=say.name("severity", dossier.severity),
            sign=say.name("sign", dossier.severity),
            reasons=say("report.dossier_reasons", reasons=", ".join(dossier.reasons)),
        )


def _expectation(item: Expectation, say: Wording) -> Line:
    expected = item.expected
    outcome = say.name("outcome", expected.outcome)
    told = {"rule": expected.rule or "", "subject": expected.subject, "outcome": outcome}
    if item.holds:
        return Line("compliant", say("report.expect_holds", **told))
    found = say.name("outcome", item.found) if item.found else say("report.expect_nothing")
    if item.found == expected.outcome:
        found = say("report.expect_values", outcome=outcome)
    return Line("failed", say("report.expect_fails", found=found, **told))


def _notes(answer: CheckAnswer, say: Wording) -> Iterator[Line]:
    for notice in answer.notices:
        yield Line("note", _notice_text(notice, say))
    for note in answer.notes:
        yield Line("note", _note_text(note, say))


def _notice_text(notice: Notice, say: Wording) -> str:
    told = {
        "file": notice.file,
        "entity": say.name("entity", notice.entity),
        "detail": notice.detail,
        "count": notice.count,
    }
    name = f"notice.{notice.code}"
    if say.words.has(name):
        return say(name, **told)
    parts = (notice.file, notice.code, told["entity"], notice.detail)
    return ": ".join(str(part) for part in parts if part)


def _note_text(note: Note, say: Wording) -> str:
    name = f"note.{note.code}"
    return say(name, detail=note.detail) if say.words.has(name) else f"{note.code}: {note.detail}"


def _tally_word(code: str, say: Wording) -> str:
    return say.name("tally", code)
