"""Blocking work beside the crawl, in threads that cannot keep the program from ending."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, wait
from threading import Thread
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def start_in_thread(work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> Future[T]:
    """Starts the work in a thread and returns the future of its result.

    An executor or `asyncio.to_thread` would not do: the program waits for their threads as it ends, and a thread that
    asks a frozen server never ends.
    """
    done: Future[T] = Future()
    Thread(
        target=_set_result, args=(done, lambda: work(*arguments, **named)), name="beside the crawl", daemon=True
    ).start()
    return done


async def run_in_thread(work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
    """Returns or raises what the work does, while the event loop goes on."""
    return await asyncio.wrap_future(start_in_thread(work, *arguments, **named))


def wait_while_progressing(work: Future[T], progress: Callable[[], int], silence_max: float) -> bool:
    """Waits until the work is done, or stands still for `silence_max` seconds. Returns whether it is done."""
    while not work.done():
        before = progress()
        wait([work], timeout=silence_max)
        if not work.done() and progress() == before:
            return False
    return True


def _set_result(done: Future[T], work: Callable[[], T]) -> None:
    done.set_running_or_notify_cancel()  # whoever waits may give up from here on; the result can be set all the same
    try:
        done.set_result(work())
    except BaseException as error:  # noqa: BLE001  handed over whole to whoever waits
        done.set_exception(error)
