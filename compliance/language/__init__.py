"""The rule language: expression text to typed tree, and the list of functions with their meaning."""

from compliance.language.check import check_rule
from compliance.language.scope import Flaw
from compliance.language.tree import CheckedRule

__all__ = ["CheckedRule", "Flaw", "check_rule"]
