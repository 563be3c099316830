"""The use case `exceptions`: asked by one person, approved by another, never hiding a finding."""

from compliance.model.excepting import in_force, lapsing
from compliance.services.exceptions.granting import Asked, approve, list_exceptions, request, revoke

__all__ = ["Asked", "approve", "in_force", "lapsing", "list_exceptions", "request", "revoke"]
