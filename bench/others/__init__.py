"""The six measured rules as a user would write them in what he might pick instead."""
