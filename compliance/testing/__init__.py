"""Rule tests: examples by every engine, and a test of those tests by mutants."""

from compliance.rulebook.mutants import Mutant, mutants
from compliance.testing.running import (
    REFERENCE,
    BrokenError,
    Judge,
    Prepare,
    RuleIssue,
    RuleTestReport,
    run_examples,
    run_tests,
)

__all__ = [
    "REFERENCE",
    "BrokenError",
    "Judge",
    "Mutant",
    "Prepare",
    "RuleIssue",
    "RuleTestReport",
    "mutants",
    "run_examples",
    "run_tests",
]
