"""The declarations of `rules/judgement`: what is excepted, weighs more or less, follows, makes a dossier.

Read from text; flaws are data with file and line. No declaration has Python in it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError

from compliance.errors import InputError, Problem, closest
from compliance.model.rule import Bilingual, Content, Name, RuleId, Severity
from compliance.yaml12 import Document, Path, read_yaml

KINDS = ("exception", "severity", "follows_from", "dossier")
MOST_DECLARATIONS = 30  # the rule engine lets at most 64 rules match one fact


class _Declaration(Content):
    name: Name
    title: Bilingual
    why: Bilingual


class ExceptionDeclaration(_Declaration):
    """An exception granted for a rule and subject, in force on the day judged, makes its finding excepted."""

    kind: Literal["exception"]


class SeverityDeclaration(_Declaration):
    """History of the same rule and subject moves the severity by so many steps, within info to critical.

    `confirmed`: an earlier finding was closed as confirmed, `within_months` of the day judged when given.
    `reported`: the contractor reported it before the system first saw it.
    """

    kind: Literal["severity"]
    history: Literal["confirmed", "reported"]
    step: Annotated[int, Field(strict=True, ge=-4, le=4)]
    within_months: Annotated[int, Field(strict=True, ge=1, le=600)] | None = None


class FollowsFromDeclaration(_Declaration):
    """A finding of one rule is the mere consequence of one of another rule.

    `same_subject`: when both are about the same fact; `same_organisation`: about the same organisation.
    """

    kind: Literal["follows_from"]
    consequence: RuleId
    cause: RuleId
    subjects: Literal["same_subject", "same_organisation"]


class DossierDeclaration(_Declaration):
    """An organisation with findings of so many families, one at least so severe, gets a dossier.

    Only open findings count. Where one family is enough, the findings at least so severe are its reasons;
    otherwise all of the organisation's findings are.
    """

    kind: Literal["dossier"]
    families: Annotated[int, Field(strict=True, ge=1, le=3)]
    severity: Severity


Declaration = ExceptionDeclaration | SeverityDeclaration | FollowsFromDeclaration | DossierDeclaration
_READ: TypeAdapter[Declaration] = TypeAdapter(Annotated[Declaration, Field(discriminator="kind")])
_BY_KIND: Mapping[str, type[Content]] = {
    "exception": ExceptionDeclaration,
    "severity": SeverityDeclaration,
    "follows_from": FollowsFromDeclaration,
    "dossier": DossierDeclaration,
}


@dataclass(frozen=True, slots=True)
class Declarations:
    """All declarations by kind, each in order of name."""

    exceptions: tuple[ExceptionDeclaration, ...] = ()
    steps: tuple[SeverityDeclaration, ...] = ()
    pairs: tuple[FollowsFromDeclaration, ...] = ()
    dossiers: tuple[DossierDeclaration, ...] = ()


def read_declarations(
    files: Mapping[str, str], rules: Collection[str] | None = None
) -> tuple[Declarations, list[Problem]]:
    """The declarations in these files (path with text, one declaration each), and every flaw of the others.

    `rules`, when given, are the ids of the rule book: a pair naming another one is a flaw.
    """
    found: dict[str, tuple[Declaration, Document]] = {}
    problems: list[Problem] = []
    for path in sorted(files):
        try:
            document = read_yaml(files[path], path)
            found[path] = (_READ.validate_python(document.data), document)
        except InputError as error:
            problems += error.problems
        except ValidationError as error:
            problems += [_flaw(item, path, document) for item in error.errors(include_url=False)]
    problems += [problem for path in found for problem in _unknown_rules(path, *found[path], rules)]
    problems += _equal_names(found)
    problems += _circles(found)
    if len(found) > MOST_DECLARATIONS:
        last = sorted(found)[MOST_DECLARATIONS]
        hint = f"At most {MOST_DECLARATIONS} can be judged."
        problems.append(Problem(f"{last}:1", "too-many", "is one declaration too many.", hint))
    ordered = sorted((declaration for declaration, _ in found.values()), key=lambda one: one.name)
    return (
        Declarations(
            tuple(one for one in ordered if isinstance(one, ExceptionDeclaration)),
            tuple(one for one in ordered if isinstance(one, SeverityDeclaration)),
            tuple(one for one in ordered if isinstance(one, FollowsFromDeclaration)),
            tuple(one for one in ordered if isinstance(one, DossierDeclaration)),
        ),
        problems,
    )


def _flaw(item: Any, name: str, document: Document) -> Problem:
    """A problem with file and line from what pydantic found."""
    loc: Path = item["loc"][1:] or ("kind",)  # the first part repeats the kind
    what = ".".join(str(part) for part in loc)
    place = f"{name}:{document.line(loc)}"
    data: Mapping[str, Any] = document.data if isinstance(document.data, Mapping) else {}
    kind = data.get("kind")
    model = _BY_KIND.get(kind) if isinstance(kind, str) else None
    if item["type"] in ("union_tag_not_found", "union_tag_invalid"):
        hint = closest(str(kind), KINDS) or f"One of: {', '.join(KINDS)}."
        return Problem(place, "word-unknown", "kind is missing or unknown.", hint)
    if item["type"] == "missing":
        return Problem(place, "key-missing", f"{what} is missing.")
    if item["type"] == "extra_forbidden":
        known = model.model_fields if model and len(loc) == 1 else ("nl", "en")
        return Problem(place, "key-unknown", f"{what} is no key that is known here.", closest(what, known))
    hint = document.quote_hint(loc) if item["type"] == "string_type" else ""
    return Problem(place, "value", f"{what} is not right: {item['msg']}.", hint)


def _unknown_rules(
    path: str, declaration: Declaration, document: Document, rules: Collection[str] | None
) -> Iterator[Problem]:
    if rules is None or not isinstance(declaration, FollowsFromDeclaration):
        return
    for key in ("consequence", "cause"):
        rule = getattr(declaration, key)
        if rule not in rules:
            place = f"{path}:{document.line((key,))}"
            yield Problem(
                place, "rule-unknown", f"{key} names {rule}, which is no rule.", closest(rule, rules)
            )


def _equal_names(found: Mapping[str, tuple[Declaration, Document]]) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for path, (declaration, document) in found.items():
        other = first.setdefault(declaration.name, path)
        if other != path:
            message = f"name {declaration.name} stands in {other} too."
            yield Problem(f"{path}:{document.line(('name',))}", "equal-names", message, "Give it another.")


def _circles(found: Mapping[str, tuple[Declaration, Document]]) -> Iterator[Problem]:
    """A rule that in the end follows from itself would hide all findings of the circle."""
    causes: dict[str, set[str]] = {}
    for declaration, _ in found.values():
        if isinstance(declaration, FollowsFromDeclaration):
            causes.setdefault(declaration.consequence, set()).add(declaration.cause)
    for path, (declaration, document) in found.items():
        if isinstance(declaration, FollowsFromDeclaration):
            reached: set[str] = set()
            nearer = {declaration.cause}
            while nearer:
                reached |= nearer
                nearer = {cause for rule in nearer for cause in causes.get(rule, ())} - reached
            if declaration.consequence in reached:
                message = f"{declaration.consequence} would in the end follow from itself."
                place = f"{path}:{document.line(('cause',))}"
                yield Problem(place, "circle", message, "Take one of these declarations away.")
