"""Checks what a message says it is: its outermost element, namespace and header."""

from __future__ import annotations

from lxml import etree

from compliance.sources.iwmo.codes import Codes, MessageType
from compliance.sources.iwmo.fields import Fields
from compliance.sources.iwmo.message import Envelope
from compliance.sources.refusal import FileRefusedError, Flaw
from compliance.sources.shape import shown_name

ROOT = "Bericht"
_MUNICIPALITY = ("[0-9]{4}", "the four digits of a municipality")
_PROVIDER = ("[0-9]{8}", "an AGB code: eight digits")


def message_type(root: str, codes: Codes) -> MessageType:
    """The kind of message that the outermost element says it is.

    Raises: FileRefusedError for one that is no message of this standard.
    """
    namespace, name = _split(root)
    if name == ROOT and namespace in codes.types:
        return codes.types[namespace]
    names = ", ".join(sorted(kind.name.lower() for kind in codes.types.values()))
    own = codes.namespace.format(message="…")
    shown = f"{shown_name(name)} in {'another namespace' if namespace else 'no namespace'}"
    due = f"{codes.standard}: the element {ROOT} in the namespace {own}, with one of: {names}"
    raise FileRefusedError(Flaw(f"/{shown_name(name)}", "unknown_message", shown, due))


def is_foreign(root: str) -> bool:
    """Whether a file with this outermost element cannot have been meant as a message of any release."""
    namespace, name = _split(root)
    return name.rpartition(":")[2] != ROOT and "istandaarden.nl" not in namespace


def _split(root: str) -> tuple[str, str]:
    """The namespace and the name of an element; a prefix that is declared nowhere stays with the name."""
    namespace, _, name = root.rpartition("}")
    return namespace.removeprefix("{"), name


def read_header(element: etree._Element, kind: MessageType, codes: Codes, path: str) -> Envelope | None:
    """The header of the message; None for a message that brings nothing, once its header is right.

    Raises: FileRefusedError with every flaw, each with the XPath of its element.
    """
    prefix = kind.name.lower()
    namespaces = {"m": kind.namespace, "iwmo": codes.base_namespace}
    fields = Fields(element, namespaces, prefix, f"/{prefix}:{ROOT}/{prefix}:Header")
    fields.code("m:BerichtCode", (kind.code,))
    fields.code("m:BerichtVersie", (codes.version,))
    fields.code("m:BerichtSubversie", (codes.subversion,))
    first, second = fields.text("m:Afzender"), fields.text("m:Ontvanger")
    identification = fields.matching(
        "m:BerichtIdentificatie/iwmo:Identificatie", r".{1,12}", "text of 1 to 12 characters"
    )
    dated = fields.day("m:BerichtIdentificatie/iwmo:Dagtekening")
    municipality, provider = first, second
    if kind.brings:
        sent = (_MUNICIPALITY, _PROVIDER) if kind.brings == "assignment" else (_PROVIDER, _MUNICIPALITY)
        fields.matching("m:Afzender", *sent[0], required=False)
        fields.matching("m:Ontvanger", *sent[1], required=False)
        municipality, provider = (first, second) if kind.brings == "assignment" else (second, first)
    if fields.flaws:
        raise FileRefusedError(
            *(Flaw(flaw.place, flaw.flaw.code, flaw.flaw.shape, flaw.flaw.expected) for flaw in fields.flaws)
        )
    if kind.brings is None or dated is None:
        return None
    return Envelope(
        path=path,
        name=kind.name,
        prefix=prefix,
        namespace=kind.namespace,
        kind=kind.brings,
        municipality=municipality,
        provider=provider,
        identification=identification,
        dated=dated,
    )
