"""Whole workers of a fleet."""
