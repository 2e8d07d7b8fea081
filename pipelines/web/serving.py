"""Listens at an address until the process is told to end."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable

from aiohttp import web
from scrapy.settings import BaseSettings

from pipelines.web.guard import check_address
from pipelines.web.server import Site


class Taken(Exception):
    """Nobody can listen at this address; the sentence says why."""


async def serve(settings: BaseSettings, host: str, port: int, tell: Callable[[str], object]) -> None:
    """Serves all pages until SIGTERM or Ctrl-C. SettingError, Taken."""
    site = Site(settings)
    check_address(host, site.allowed)
    runner = web.AppRunner(site.app(), access_log=None, handle_signals=False, shutdown_timeout=5)
    await runner.setup()
    try:
        await _listen(runner, host, port)
        end = _told_to_end()
        [(_, chosen, *_), *_] = runner.addresses
        tell(f"http://{f'[{host}]' if ':' in host else host}:{chosen} shows what is stored; Ctrl-C ends it")
        await end.wait()
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, host: str, port: int) -> None:
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        # asyncio words it with the address once more; the number of a name that is not found is below 0.
        why = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror or error
        raise Taken(f"nothing can listen at {host}:{port}: {why}") from None


def _told_to_end() -> asyncio.Event:
    """Set by SIGTERM or Ctrl-C from now on."""
    told = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, told.set)
    return told
