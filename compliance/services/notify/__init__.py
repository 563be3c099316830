"""Notifications: one digest per recipient and run, only on change, only inside the municipality."""
