"""Runs what documents tell their readers to type, block by block, where nothing of it reaches another machine."""
