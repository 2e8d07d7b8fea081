"""Everything stands in pyproject.toml; this file exists for scrapyd-client, which builds its egg through it."""

from setuptools import setup

setup()
