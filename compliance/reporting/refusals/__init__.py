"""What came of a delivery, in words: for who delivers, and for who takes it in."""

from compliance.reporting.refusals.render import INTAKE_FORMATS, IntakeFormat, render_intake

__all__ = ["INTAKE_FORMATS", "IntakeFormat", "render_intake"]
