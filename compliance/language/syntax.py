"""Expression text to the syntax tree of Python's own parser, within limits; nothing is ever run."""

from __future__ import annotations

import ast
import re
import warnings
from dataclasses import dataclass
from decimal import Decimal

from compliance.language.scope import MOST_SHOWN, UnreadableError

MOST_CHARACTERS = 4_000
MOST_LEVELS = 40
SPLIT = "Split it over several lets."
NUMBER = re.compile(r"[0-9]{1,14}(\.[0-9]{1,4})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Source:
    """An expression as it is written, and as Python's parser reads it."""

    text: str
    tree: ast.expr

    def written(self, tree: ast.AST) -> str:
        """The text of a part, as its author wrote it."""
        return ast.get_source_segment(self.text, tree) or ""

    def quote(self, tree: ast.AST) -> str:
        """The text of a part in one line between backticks, shortened where it is long."""
        text = " ".join(self.written(tree).split())
        return f"`{text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 1] + '…'}`"

    def number(self, tree: ast.Constant) -> int | Decimal:
        """The number exactly as it is written: no binary fraction ever stands between.

        Raises: UnreadableError for anything but digits with at most four decimals.
        """
        text = self.written(tree)
        if not NUMBER.fullmatch(text):
            hint = "Write digits, at most 14 before the point and 4 after it, like 1250.50."
            raise UnreadableError(f"{self.quote(tree)} is not a number of the rule language.", hint)
        return Decimal(text) if "." in text else int(text)


def parse(text: str) -> Source:
    """The expression as Python's parser reads it. Raises: UnreadableError."""
    text = text.strip()
    if len(text) > MOST_CHARACTERS:
        raise UnreadableError(f"is longer than {MOST_CHARACTERS} characters.", SPLIT)
    if not all(sign.isprintable() or sign in "\n\t" for sign in text):
        raise UnreadableError("holds a sign that cannot be seen.", "Type it anew.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # what Python only warns of (`1or 2`, "\d") is refused here
            tree = ast.parse(text, mode="eval").body
    except SyntaxError as error:
        near = f" near column {error.offset}" if error.offset else ""
        raise UnreadableError(f"cannot be read as an expression{near}: {error.msg}.") from None
    except (RecursionError, MemoryError):
        raise UnreadableError("is nested too deeply.", SPLIT) from None
    if _levels_exceed(tree, MOST_LEVELS):
        raise UnreadableError("is nested too deeply.", SPLIT)
    return Source(text, tree)


def _levels_exceed(tree: ast.expr, most: int) -> bool:
    level: list[ast.AST] = [tree]
    for _ in range(most):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return False
    return True
