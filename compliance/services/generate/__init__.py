"""A synthetic but lifelike data set of any size, with known violations and the findings they must give."""

from compliance.services.generate.service import DEFAULT_AS_OF, Generated, generate
from compliance.services.generate.size import Format

__all__ = ["DEFAULT_AS_OF", "Format", "Generated", "generate"]
