"""The content files that reports are made of, as text: words and templates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from compliance.reporting.words import Words


@dataclass(frozen=True, slots=True)
class Content:
    """Words, and templates by file name."""

    words: Words
    templates: Mapping[str, str]
