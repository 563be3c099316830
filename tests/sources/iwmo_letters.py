"""Makes fictitious messages of iWmo 3.2 for tests, with personal fields filled that must never be read."""

from __future__ import annotations

BASE = "http://www.istandaarden.nl/iwmo/3_2/basisschema/schema"
BSN, OTHER_BSN = "999900006", "999900018"  # test numbers
MUNICIPALITY, PROVIDER = "0344", "42420001"
CODES = {
    "WMO301": "414", "WMO302": "415", "WMO305": "418", "WMO306": "419", "WMO307": "420", "WMO308": "421",
    "WMO315": "444", "WMO316": "445", "WMO317": "480", "WMO318": "481", "WMO319": "482", "WMO320": "483",
    "WMO323": "484", "WMO325": "485",
}  # fmt: skip
# None of these may ever be seen in facts, refusals, notices or output.
PERSONAL = ("Zonnedauw", "Wilhelmina", "1951-06-07", "Madeliefpad", "3599ZZ", "Zweeds", "Tussenpersoon")
_GROUPS = {"ToegewezenProduct": "ToegewezenProducten", "StartProduct": "StartProducten",
           "StopProduct": "StopProducten"}  # fmt: skip


def element(name: str, *inside: str | None, prefix: str = "w") -> str:
    """An element with text or elements inside; nothing when what it holds is None."""
    if inside == (None,):
        return ""
    return f"<{prefix}:{name}>{''.join(part or '' for part in inside)}</{prefix}:{name}>"


def base(name: str, *inside: str | None) -> str:
    """An element of the shared namespace."""
    return element(name, *inside, prefix="iwmo")


def letter(
    name: str,
    *clients: str,
    dated: str = "2027-03-01",
    identification: str = "1",
    municipality: str = MUNICIPALITY,
    provider: str = PROVIDER,
    code: str | None = None,
    version: str = "3",
    subversion: str = "2",
    namespace: str | None = None,
) -> str:
    """A whole message."""
    from_municipality = name in ("WMO301", "WMO306", "WMO308", "WMO319")
    first, second = (municipality, provider) if from_municipality else (provider, municipality)
    header = element(
        "Header",
        element("BerichtCode", code or CODES[name]),
        element("BerichtVersie", version),
        element("BerichtSubversie", subversion),
        element("Afzender", first),
        element("Ontvanger", second),
        element("BerichtIdentificatie", base("Identificatie", identification), base("Dagtekening", dated)),
    )
    own = namespace or f"http://www.istandaarden.nl/iwmo/3_2/{name.lower()}/schema"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<w:Bericht xmlns:iwmo="{BASE}" xmlns:w="{own}">'
        f"{header}{''.join(clients)}</w:Bericht>"
    )


def client(*products: str, bsn: str | None = BSN) -> str:
    """A client with all personal fields, then the products."""
    surname, given, born, street, postcode, language, relation = PERSONAL
    group = next(
        (group for name, group in _GROUPS.items() if products and f"<w:{name}>" in products[0]), None
    )
    address = element("Adres", base("Straatnaam", street), base("Postcode", postcode))
    return element(
        "Client",
        element("Bsn", bsn),
        element("Geboortedatum", base("Datum", born)),
        element("Geslacht", "2"),
        element("Naam", base("Geslachtsnaam", base("Achternaam", surname)), base("Voornamen", given)),
        element("Communicatie", base("Vorm", "1"), base("Taal", language)),
        element("JuridischeStatus", "02"),
        element("Relaties", element("Relatie", element("Naam", base("Voornamen", relation)))),
        element("Contactgegevens", element("Contact", address)),
        element(group, *products) if group else "",
    )


def product(category: str | None, code: str | None = None) -> str:
    """The product of an assignment or report."""
    return element("Product", base("Categorie", category), base("Code", code)) if category else ""


def assigned(
    number: str | None = "101",
    on: str | None = "2027-02-01",
    *,
    category: str | None = "02",
    code: str | None = None,
    change: str | None = None,
    from_day: str | None = "2027-02-03",
    clock: str | None = "12:00:00",
) -> str:
    """A product that is assigned."""
    return element(
        "ToegewezenProduct",
        element("ToewijzingNummer", number),
        product(category, code),
        element("Toewijzingsdatum", on),
        element("Toewijzingstijd", clock),
        element("Ingangsdatum", from_day),
        element("RedenWijziging", change),
    )


def started(
    number: str | None = "101",
    on: str | None = "2027-02-10",
    status: str | None = "1",
    *,
    category: str | None = None,
    code: str | None = None,
    from_day: str | None = None,
) -> str:
    """A report that care started."""
    return element(
        "StartProduct",
        element("ToewijzingNummer", number),
        product(category, code),
        element("ToewijzingIngangsdatum", from_day),
        element("Begindatum", on),
        element("StatusAanlevering", status),
    )


def stopped(
    number: str | None = "101",
    began: str | None = "2027-02-10",
    on: str | None = "2027-02-20",
    reason: str | None = "19",
    status: str | None = "1",
) -> str:
    """A report that care stopped."""
    return element(
        "StopProduct",
        element("ToewijzingNummer", number),
        element("Begindatum", began),
        element("RedenBeeindiging", reason),
        element("Einddatum", on),
        element("StatusAanlevering", status),
    )


def assignments(*products: str, bsn: str = BSN, dated: str = "2027-02-01", identification: str = "1") -> str:
    """A message with assignments of one client."""
    return letter("WMO301", client(*products, bsn=bsn), dated=dated, identification=identification)


def starts(*products: str, bsn: str = BSN, dated: str = "2027-03-01", identification: str = "1") -> str:
    """A message with starts of one client."""
    return letter("WMO305", client(*products, bsn=bsn), dated=dated, identification=identification)


def stops(*products: str, bsn: str = BSN, dated: str = "2027-03-01", identification: str = "1") -> str:
    """A message with stops of one client."""
    return letter("WMO307", client(*products, bsn=bsn), dated=dated, identification=identification)
