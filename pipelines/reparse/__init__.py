"""Archived pages through the stages of today: what was read from them once, and what is read from them now."""
