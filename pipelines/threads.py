"""Blocking work beside the crawl, in threads that cannot keep the program from ending."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


async def aside(work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
    """What the work returns or raises, while the event loop goes on.

    Not `asyncio.to_thread`: the end of the program waits for its threads, and a thread that asks a frozen server
    waits for ever.
    """
    done: Future[T] = Future()
    Thread(target=_fulfil, args=(done, lambda: work(*arguments, **named)), name="aside", daemon=True).start()
    return await asyncio.wrap_future(done)


def _fulfil(done: Future[T], work: Callable[[], T]) -> None:
    done.set_running_or_notify_cancel()  # from here on whoever waits may go, and the result still finds its place
    try:
        done.set_result(work())
    except BaseException as error:  # noqa: BLE001  handed over whole to whoever waits
        done.set_exception(error)
