"""Stages, extensions and middlewares without which a crawl would lose pages: nobody may leave one out by mistake."""

from __future__ import annotations

from scrapy.settings import BaseSettings

from asiatongsin.errors import SettingError

COMPONENTS = ("ITEM_PIPELINES", "EXTENSIONS", "DOWNLOADER_MIDDLEWARES")

WHAT_TO_DO = (
    "what -s or the environment gives replaces ours. Add yours in a settings module on top of ours:"
    " docs/en/how-to/embedding.md shows how"
)


def check(settings: BaseSettings) -> None:
    """SettingError where one of ours is left out, or they stand in another order than in `asiatongsin/settings.py`."""
    ours = settings["OWN_DEFAULTS"]
    if not ours:
        raise SettingError(f"the settings are not those of this program: {WHAT_TO_DO}")
    for name in COMPONENTS:
        needed, given = _in_order(ours[name]), _in_order(settings.getwithbase(name))
        if missing := [one for one in needed if one not in given]:
            others = f" and {len(missing) - 1} more" if missing[1:] else ""
            raise SettingError(f"{name} leaves out {missing[-1]}{others}, which a crawl needs: {WHAT_TO_DO}")
        if [one for one in given if one in needed] != needed:
            raise SettingError(f"{name} has ours in another order: write them as in asiatongsin/settings.py")


def _in_order(components: BaseSettings | dict[object, float | None]) -> list[str]:
    """The names of the components that are switched on, by their places."""
    places = {_name(one): place for one, place in components.items() if place is not None}
    return sorted(places, key=places.__getitem__)


def _name(component: object) -> str:
    """The dotted name of a component, which Scrapy takes as text or as the class itself."""
    return f"{component.__module__}.{component.__qualname__}" if isinstance(component, type) else str(component)
