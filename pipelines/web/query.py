"""What stands behind the question mark of an address, each part read once."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from asiatongsin.errors import ArgumentError
from asiatongsin.korean import clean


@dataclass(frozen=True, slots=True)
class Query:
    """The parameters of an address. Each getter raises ArgumentError where what is given makes no sense."""

    given: Mapping[str, str]
    """As they were written; empty ones are left out. One that is given several times has several lines."""

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> Query:
        """The parameters as they stand in an address."""
        given: dict[str, str] = {}
        for name, value in pairs:
            if value:
                given[name] = f"{given[name]}\n{value}" if name in given else value
        return cls(given)

    def lines(self, name: str) -> tuple[str, ...]:
        """The lines of a parameter that are not empty, each once."""
        return tuple(dict.fromkeys(filter(None, map(str.strip, self.text(name).splitlines()))))

    def names(self, name: str) -> tuple[str, ...]:
        """Names with commas between, or given one by one; each once."""
        return tuple(dict.fromkeys(filter(None, (clean(one) for one in re.split("[,\n]", self.text(name))))))

    def text(self, name: str, default: str = "") -> str:
        """A parameter as it was written, without blanks around."""
        return self.given.get(name, default).strip()

    def number(self, name: str, default: int, most: int, *, least: int = 0) -> int:
        """A whole number from `least` to `most`."""
        text = self.text(name)
        if not text:
            return default
        if not (text.isascii() and text.isdecimal() and len(text) < 20 and least <= int(text) <= most):
            raise ArgumentError(f"{name}={text}: write a whole number from {least} to {most}")
        return int(text)

    def choice(self, name: str, choices: Collection[str], default: str = "") -> str:
        """One of some words."""
        text = self.text(name, default)
        if text and text not in choices:
            raise ArgumentError(f"{name}={text}: write one of {', '.join(choices)}")
        return text

    def switch(self, name: str) -> bool:
        """Whether a box is ticked: `1` or `on`."""
        return self.choice(name, ("1", "0", "on")) in {"1", "on"}
