"""The use case `remedy`: what would clear a finding, proved by judging again."""

from compliance.services.remedy.finding import find_remedy, remedy_over

__all__ = ["find_remedy", "remedy_over"]
