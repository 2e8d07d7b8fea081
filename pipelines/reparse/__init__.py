"""Reads archived pages again with the program of today, and stores what it reads otherwise."""
