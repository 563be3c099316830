"""The code tables of iWmo 3.2: what each national code means in the model, read from a content file."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, get_args

from compliance.errors import Problem, UsageError
from compliance.model.schema import entities
from compliance.yaml12 import read_yaml

FILE = "rules/mappings/iwmo-3.2.yaml"
OUTSIDE = "outside"  # the service of a product that belongs to another contract

Kind = Literal["assignment", "start", "stop"]
KINDS: tuple[Kind, ...] = get_args(Kind)
_EFFECTS = ("update", "withdraw")
STATUSES = ("first", "changed", "deleted", "unchanged")


@dataclass(frozen=True, slots=True)
class MessageType:
    """One kind of message: its name, its code in the header, and the facts it brings, if any."""

    name: str
    code: str
    namespace: str
    brings: Kind | None


@dataclass(frozen=True, slots=True)
class Codes:
    """All tables; `services` holds OUTSIDE for a category or product of another contract.

    `types` is by namespace, which is `namespace` with the message's name in small letters filled in.
    Products are written as `category/code`.
    """

    standard: str
    version: str
    subversion: str
    base_namespace: str
    namespace: str
    types: Mapping[str, MessageType]
    services: Mapping[str, str]
    category_names: Mapping[str, str]
    product_services: Mapping[str, str]
    withdrawals: frozenset[str]
    change_reasons: frozenset[str]
    end_reasons: Mapping[str, str]
    statuses: Mapping[str, str]

    def service(self, category: str, code: str) -> str:
        """The service of a product of a known category, or OUTSIDE."""
        return self.product_services.get(f"{category}/{code}") or self.services[category]


def read_codes(text: str, name: str = FILE) -> Codes:
    """The tables in the text of the content file.

    Raises: UsageError when the file has another shape, or maps to a code that the model does not have.
    """
    data = read_yaml(text, name).data
    referral = entities()["referral"].fields
    services = (*referral["service"].codes, OUTSIDE)
    try:
        changes = {code: _one_of(row["effect"], _EFFECTS) for code, row in data["change_reasons"].items()}
        return Codes(
            standard=str(data["standard"]),
            version=str(data["version"]),
            subversion=str(data["subversion"]),
            base_namespace=str(data["base_namespace"]),
            namespace=str(data["namespace"]),
            types=_types(data),
            services={
                code: _one_of(row.get("service", OUTSIDE), services)
                for code, row in data["categories"].items()
            },
            category_names={code: str(row["nl"]) for code, row in data["categories"].items()},
            product_services={code: _one_of(row, services) for code, row in data["products"].items()},
            withdrawals=frozenset(code for code, effect in changes.items() if effect == "withdraw"),
            change_reasons=frozenset(changes),
            end_reasons={
                code: _one_of(row["reason"], referral["end_reason"].codes)
                for code, row in data["end_reasons"].items()
            },
            statuses={
                code: _one_of(row["means"], STATUSES) for code, row in data["delivery_statuses"].items()
            },
        )
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        message = f"This is not a table of iWmo codes: {error}."
        hint = "Compare it with the file that comes with the product."
        raise UsageError(Problem(name, "codes-shape", message, hint)) from error


def _types(data: Mapping[str, Any]) -> Mapping[str, MessageType]:
    types = {}
    for name, row in data["messages"].items():
        namespace = str(data["namespace"]).format(message=name.lower())
        brings = next((kind for kind in KINDS if kind == row.get("brings")), None)
        if brings is None and "brings" in row:
            raise ValueError(f"{name} brings {row['brings']}, expected one of: {', '.join(KINDS)}")
        types[namespace] = MessageType(name, str(row["code"]), namespace, brings)
    return MappingProxyType(types)


def _one_of(code: Any, known: Collection[str]) -> str:
    if code not in known:
        raise ValueError(f"found {code}, expected one of: {', '.join(known)}")
    return str(code)


@cache
def shipped_codes() -> Codes:
    """The tables that come with the product, from the installed content or the source tree.

    Raises: UsageError when the file is not there.
    """
    package = Path(__file__).parents[2]
    for root in (package / "content", package.parent):
        path = root / FILE
        if path.is_file():
            return read_codes(path.read_text(encoding="utf-8"))
    message = "The table of iWmo codes is missing; no message can be read without it."
    raise UsageError(Problem(FILE, "codes-missing", message, "Install the product again."))
