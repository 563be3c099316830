"""A synthetic but lifelike data set of any size, with known violations and the findings they must give."""

from compliance.services.generate.service import Format, Generated, generate

__all__ = ["Format", "Generated", "generate"]
