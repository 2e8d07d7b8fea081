"""Scrapy's shell, which also knows what is read on the page that was fetched."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from scrapy.commands.shell import Command as ShellCommand

import asiatongsin
from asiatongsin.errors import ArgumentError
from asiatongsin.reading import items_of, page_at


class Command(ShellCommand):
    """Adds `read_page(html, url)`, and `items`: what is read in `response`, or why nothing is."""

    def short_desc(self) -> str:
        return "Open Scrapy's console on a page, where `items` is what is read on it"

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        super().run([*map(place, args)], opts)

    def update_vars(self, vars: dict[str, Any]) -> None:
        response = vars.get("response")
        vars["read_page"] = asiatongsin.read_page
        if response is None:
            return
        try:
            is_file = response.url.startswith("file:")
            vars["items"] = (
                asiatongsin.read_page(response.body)
                if is_file
                else items_of(page_at(response.url, response.body, status=response.status))
            )
        except ArgumentError as error:
            vars["items"] = str(error)


def place(text: str) -> str:
    """A file by its whole path: by `saved.html` alone Scrapy would look for a site of that name."""
    return str(Path(text).resolve()) if Path(text).is_file() else text
