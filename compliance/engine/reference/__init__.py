"""The reference engine: the rule language in plain Python, over plain rows.

It gives the language its meaning, proves outcomes, and is the second opinion on compiled rules.
"""

from compliance.engine.reference.engine import ReferenceEngine
from compliance.engine.reference.proof import prove
from compliance.engine.reference.world import Fact, Setting, World, load_rows

__all__ = ["Fact", "ReferenceEngine", "Setting", "World", "load_rows", "prove"]
