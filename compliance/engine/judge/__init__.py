"""Turns what rules flag into findings and dossiers, by declarations in `rules/judgement`.

The only package that runs durable-rules, in a child process, and never without its plain reading.
"""

from compliance.engine.judge.case import HistoryFact
from compliance.engine.judge.declaration import Declarations, read_declarations
from compliance.engine.judge.isolation import EngineMissingError, RuleProcess
from compliance.engine.judge.judgement import Judgement, judge

__all__ = [
    "Declarations",
    "EngineMissingError",
    "HistoryFact",
    "Judgement",
    "RuleProcess",
    "judge",
    "read_declarations",
]
