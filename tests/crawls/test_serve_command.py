"""The web page as a person starts and ends it."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path
from subprocess import PIPE
from urllib.request import urlopen

import pytest

from pipelines.web.serving import serve
from tests import warm_start
from tests.conftest import ROOT
from tests.in_process import settings

pytestmark = pytest.mark.usefixtures("starts_commands")


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_says_where_it_is_and_ends_well_when_told(database_url: str, data: Path, how: signal.Signals) -> None:
    """Also while somebody keeps a connection open."""
    command = [*warm_start.COMMAND, "serve", "--port", "0"]
    given = os.environ | {"DATABASE_URL": database_url, "ASIATONGSIN_DATA": str(data)}
    with warm_start.Popen(command, cwd=ROOT, env=given, stderr=PIPE, text=True) as process:
        try:
            said = process.stderr.readline() if process.stderr else ""
            address = said.partition(" ")[0]
            assert said == f"{address} shows what is stored; Ctrl-C ends it\n"
            with urlopen(address) as answer:
                assert "아직 저장된 기사가 없습니다." in answer.read().decode()
                process.send_signal(how)
                _, log = process.communicate(timeout=600)
        finally:
            process.kill()
    assert (process.returncode, log) == (0, "")


def test_hears_ctrl_c_before_it_says_so(database_url: str, data: Path) -> None:
    asyncio.run(serve(settings(database_url, data), "127.0.0.1", 0, tell=lambda _: signal.raise_signal(signal.SIGINT)))
