"""What an operator says of a site: its address, when it is crawled, and what holds for it alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, field, fields, replace
from typing import Any, Self

from asiatongsin.arguments import Arguments
from asiatongsin.errors import ArgumentError
from asiatongsin.korean import clean
from asiatongsin.printable import printable
from asiatongsin.site import Site
from pipelines.fleet.schedule import SEOUL, Schedule, check_time_zone
from pipelines.queries.fleet import AddedSite

HIGHEST_PRIORITY = 1000

NOT_SCHEDULED = {
    "site": "the address names it",
    "dry": "a schedule is there to store",
    "no": "write asiatongsin crawl -a no=…",
}
"""Arguments of the spider that no schedule takes, each with the reason."""


@dataclass(frozen=True, kw_only=True)
class Given:
    """Options, or a line of a table, as they were written; None: not given, empty: taken away."""

    address: str | None = None
    every: str | None = None
    cron: str | None = None
    is_by_hand: bool = False
    time_zone: str | None = None
    group: str | None = None
    priority: str | None = None
    note: str | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    arguments: Mapping[str, str] = field(default_factory=dict)
    unset: tuple[str, ...] = ()
    """Settings and arguments that are taken away."""


@dataclass(frozen=True, kw_only=True)
class SiteEntry:
    """The columns of the table `sites` that are an operator's to choose."""

    site: str
    base: str
    schedule: str | None = None
    time_zone: str = SEOUL
    priority: int = 0
    politeness_group: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    arguments: Mapping[str, str] = field(default_factory=dict)
    note: str | None = None

    @classmethod
    def at(cls, address: str) -> Self:
        """The entry of a new site. ArgumentError."""
        try:
            site = Site.parse(address)
        except ValueError as error:
            raise ArgumentError(str(error)) from None
        return cls(site=site.key, base=site.base)

    @classmethod
    def of(cls, added: AddedSite) -> Self:
        """The entry as it is stored."""
        return cls(**{one.name: getattr(added, one.name) for one in fields(cls)})

    def changed(self, given: Given) -> Self:
        """The entry with what was given. ArgumentError; the values of settings are for `check_own` to judge."""
        _check_printable(given)
        time_zone = self.time_zone if given.time_zone is None else clean(given.time_zone) or SEOUL
        check_time_zone(time_zone)
        entry = replace(
            self,
            base=self.base if given.address is None else self._moved_to(given.address),
            schedule=_schedule(given, self.schedule, time_zone),
            time_zone=time_zone,
            priority=self.priority if given.priority is None else _priority(given.priority),
            politeness_group=self.politeness_group if given.group is None else clean(given.group) or None,
            note=self.note if given.note is None else clean(given.note) or None,
            settings=_without({**self.settings, **given.settings}, given.unset),
            arguments=_without({**self.arguments, **given.arguments}, given.unset),
        )
        _check_arguments(entry)
        _check_unset(self, given)
        return entry

    def _moved_to(self, address: str) -> str:
        """Another address of the same site."""
        other = SiteEntry.at(address)
        if other.site != self.site:
            raise ArgumentError(f"{address} is another site, {other.site}: add it, and retire {self.site}")
        return other.base

    @property
    def parsed_schedule(self) -> Schedule | None:
        """When it is crawled; None: only by hand."""
        return Schedule.parse(self.schedule, self.time_zone) if self.schedule else None


def named_values(pairs: Iterable[str], option: str, example: str) -> dict[str, str]:
    """`NAME=VALUE` of an option that may be given several times. ArgumentError."""
    found: dict[str, str] = {}
    for pair in pairs:
        name, is_named, value = pair.partition("=")
        if not (is_named and name.strip()):
            raise ArgumentError(f"{option} {pair}: write a name and its value, for example {option} {example}")
        found[name.strip()] = value.strip()
    return found


def _schedule(given: Given, before: str | None, time_zone: str) -> str | None:
    every, cron = (clean(text or "") for text in (given.every, given.cron))
    if (every and cron) or ((every or cron) and given.is_by_hand):
        raise ArgumentError("write one of --every, --cron and --by-hand: a site has one schedule")
    if every:
        schedule = Schedule.parse(every, time_zone)
        if schedule.every is None:
            raise ArgumentError(
                f"--every {every}: write a time such as 30m, 6h or 1d; a cron expression stands behind --cron"
            )
        return schedule.text
    if cron:
        return Schedule.parse(cron, time_zone).text
    return None if given.is_by_hand else before


def _check_printable(given: Given) -> None:
    """ArgumentError for text that the database does not take, or that would control a terminal."""
    texts = [text for text in astuple(given) if isinstance(text, str)]
    pairs = [f"{name}={value}" for name, value in {**given.settings, **given.arguments}.items()]
    if wrong := next((text for text in [*texts, *pairs] if printable(text) != text), None):
        raise ArgumentError(f"{printable(wrong)}: it holds characters that cannot be printed; leave them out")


def _priority(text: str) -> int:
    try:
        number = int(text.strip() or "0")
    except ValueError:
        number = HIGHEST_PRIORITY + 1
    if abs(number) > HIGHEST_PRIORITY:
        raise ArgumentError(f"priority {text}: write a whole number from -{HIGHEST_PRIORITY} to {HIGHEST_PRIORITY}")
    return number


def _without(values: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names}


def _check_arguments(entry: SiteEntry) -> None:
    for name, reason in NOT_SCHEDULED.items():
        if name in entry.arguments:
            raise ArgumentError(f"-a {name}: {reason}")
    Arguments.parse({**entry.arguments, "site": entry.base})


def _check_unset(before: SiteEntry, given: Given) -> None:
    there = [*before.settings, *before.arguments]
    for name in given.unset:
        if name not in there:
            has = f"it has {', '.join(there)}" if there else "it has none"
            raise ArgumentError(f"--unset {name}: {before.site} has no setting and no argument of that name; {has}")
