"""The settings by which layouts are judged: COVERAGE_DROP, COVERAGE_IGNORE and STRIP_FROZEN_AFTER."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from scrapy.settings import BaseSettings

from asiatongsin.cms import FIELDS, field_of
from asiatongsin.durations import parse_duration
from asiatongsin.errors import SettingError


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """The settings COVERAGE_DROP, COVERAGE_IGNORE and STRIP_FROZEN_AFTER."""

    drop: float
    """Share of what is usual below which a field fell, for example 0.5; 0: never."""

    ignored: frozenset[str]
    """Fields, as part and name, that may fall."""

    frozen_after: timedelta | None
    """Age above which an unchanged strip is frozen; None: never."""

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Self:
        """SettingError where one of the settings makes no sense."""
        after = str(settings["STRIP_FROZEN_AFTER"] or "").strip()
        if after and parse_duration(after) is None:
            raise SettingError(f"STRIP_FROZEN_AFTER={after}: write one time above 0, for example 3d, or nothing")
        try:
            drop = settings.getfloat("COVERAGE_DROP")
        except ValueError:
            drop = -1.0
        if not 0 <= drop <= 1:
            raise SettingError(f"COVERAGE_DROP={settings['COVERAGE_DROP']}: write a number from 0 (never) to 1")
        return cls(drop=drop, ignored=_ignored(settings), frozen_after=parse_duration(after))


def stale_after(settings: BaseSettings) -> timedelta | None:
    """The setting STALE_AFTER, of which `asiatongsin status` alone makes use; None: never. SettingError."""
    after = str(settings["STALE_AFTER"] or "").strip()
    if after and parse_duration(after) is None:
        raise SettingError(f"STALE_AFTER={after}: write one time above 0, for example 2d, or nothing")
    return parse_duration(after)


def _ignored(settings: BaseSettings) -> frozenset[str]:
    names = [" ".join(name.split()) for name in settings.getlist("COVERAGE_IGNORE")]
    for name in filter(None, names):
        part, _, field_name = name.rpartition(" ")
        field_named = field_of(part, field_name)
        if field_named is None or field_named.has_own_bounds:
            fields = (one for one in FIELDS if not one.has_own_bounds)
            known = ", ".join(f"{one.part}{' 22' if one.part == 'list' else ''} {one.name}" for one in fields)
            raise SettingError(f"COVERAGE_IGNORE={name}: write what a crawl names, with commas between, of {known}")
    return frozenset(names)


def describe_frozen_strip(same_for: timedelta | None, bound: timedelta | None) -> str:
    """Says so where the weather strip has been the same for too long; else empty."""
    if bound is None or same_for is None or same_for <= bound:
        return ""
    days, of = same_for / timedelta(days=1), bound / timedelta(days=1)
    return f"the weather strip has been the same for {days:.1f} days, {of:.1f} are allowed (STRIP_FROZEN_AFTER)"
