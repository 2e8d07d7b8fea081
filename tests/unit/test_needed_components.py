"""Our stages, extensions and middlewares are there and in their order, or nothing begins."""

from __future__ import annotations

import json
from typing import Any

import pytest
from scrapy.settings import Settings

from asiatongsin import settings as own_settings
from asiatongsin.errors import SettingError
from asiatongsin.needed_components import COMPONENTS
from pipelines.crawl.run import check_usage
from pipelines.stages.spool import SpoolPipeline
from tests.samples import UNREACHABLE

SPOOL = "pipelines.stages.spool.SpoolPipeline"


def check(priority: str, **given: Any) -> None:
    settings = Settings()
    settings.setmodule("asiatongsin.settings", priority="project")
    settings.set("DATABASE_URL", UNREACHABLE)  # the embedded one is not everywhere
    for name, value in given.items():
        settings.set(name, value, priority=priority)
    check_usage(settings, {})


@pytest.mark.parametrize("priority", ["project", "cmdline"])
@pytest.mark.parametrize("name", COMPONENTS)
def test_refuses_settings_that_replace_ours(name: str, priority: str) -> None:
    for given in ({}, {"tests.faults.failing.DroppingStage": 250}):
        with pytest.raises(SettingError, match=f"^{name} leaves out .* more, which a crawl needs: .*embedding.md"):
            check(priority, **{name: json.dumps(given)})


@pytest.mark.parametrize("name", COMPONENTS)
def test_refuses_to_leave_out_any_of_ours(name: str) -> None:
    ours = getattr(own_settings, name)
    for one in [one for one, place in ours.items() if place is not None]:
        with pytest.raises(SettingError, match=f"^{name} leaves out {one}, which a crawl needs"):
            check("cmdline", **{name: {**ours, one: None}})


def test_refuses_another_order() -> None:
    stages = {**own_settings.ITEM_PIPELINES, SPOOL: 150}
    with pytest.raises(SettingError, match="ITEM_PIPELINES has ours in another order: write them as in"):
        check("cmdline", ITEM_PIPELINES=stages)


def test_refuses_settings_that_are_not_on_top_of_ours() -> None:
    with pytest.raises(SettingError, match=r"the settings are not those of this program: .*on top of ours"):
        check_usage(Settings({"DATA": "/data"}), {})


def test_takes_ours_with_others_between() -> None:
    ours: dict[Any, int] = {**own_settings.ITEM_PIPELINES}
    del ours[SPOOL]
    check("cmdline", ITEM_PIPELINES={**ours, SpoolPipeline: 900, "tests.faults.failing.DroppingStage": 250})
