"""The use case `lookahead`: what comes when nothing changes, and until when it can be prevented."""

from compliance.services.lookahead.ahead import MOST_DAYS, look_ahead, look_ahead_at

__all__ = ["MOST_DAYS", "look_ahead", "look_ahead_at"]
