"""The rule book: rules and numbers as content, read and checked; no file or network I/O of its own."""

from compliance.rulebook.book import Rulebook, is_rule_path, load, read
from compliance.rulebook.rulefile import RuleFile

__all__ = ["RuleFile", "Rulebook", "is_rule_path", "load", "read"]
