"""The words of pictures, Dutch and English."""

from __future__ import annotations

WORDS: dict[str, dict[str, str]] = {
    "nl": {
        "title": "Keten en zeggenschap rond {subject}",
        "depth": "Keten: diepte {depth}",
        "own": "Keten: uitvoeringspartner of deelnemer (diepte 0)",
        "outside": "Keten: niet in de keten",
        "principals": "Ingeschakeld door",
        "hires": "Schakelt in",
        "holders": "Zeggenschap in {subject}",
        "holds": "Zeggenschap van {subject}",
        "ties": "Banden",
        "none": "geen",
        "person": "persoon",
        "organisation": "organisatie",
        "subject": "gevraagd",
        "subcontract": "onderaanneming",
        "legend": "Lijn: onderaanneming. Stippellijn: zeggenschap. Dik: op de route van keten of band.",
        "hop": "stap",
        "hops": "stappen",
        "director": "bestuurder",
        "shareholder": "aandeelhouder",
        "ubo": "uiteindelijk belanghebbende",
        "financier": "financier",
        "proxy": "gevolmachtigde",
        "partner": "vennoot",
    },
    "en": {
        "title": "Chain and control around {subject}",
        "depth": "Chain: depth {depth}",
        "own": "Chain: contractor or participant (depth 0)",
        "outside": "Chain: not in the chain",
        "principals": "Hired by",
        "hires": "Hires",
        "holders": "Control of {subject}",
        "holds": "Controlled by {subject}",
        "ties": "Ties",
        "none": "none",
        "person": "person",
        "organisation": "organisation",
        "subject": "asked for",
        "subcontract": "subcontract",
        "legend": "Line: subcontract. Dashed: control. Thick: on the route of the chain or a tie.",
        "hop": "hop",
        "hops": "hops",
        "director": "director",
        "shareholder": "shareholder",
        "ubo": "ultimate beneficial owner",
        "financier": "financier",
        "proxy": "proxy",
        "partner": "partner",
    },
}


def word(key: str, lang: str) -> str:
    """The words for a key or code in a language; a code without words is shown as it is."""
    return WORDS[lang].get(key, key)
