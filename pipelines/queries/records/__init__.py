"""Rows for people, one kind after the other: what export and Python hand out."""
