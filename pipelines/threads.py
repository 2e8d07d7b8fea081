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
    """Starts the work and hands out what it will return or raise.

    Not an executor, nor `asyncio.to_thread`: the end of the program waits for their threads, and a thread that asks a
    frozen server waits for ever.
    """
    done: Future[T] = Future()
    Thread(target=_fulfil, args=(done, lambda: work(*arguments, **named)), name="beside the crawl", daemon=True).start()
    return done


async def run_in_thread(work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
    """What the work returns or raises, while the event loop goes on."""
    return await asyncio.wrap_future(start_in_thread(work, *arguments, **named))


def wait_while_progressing(work: Future[T], progress: Callable[[], int], silence_max: float) -> bool:
    """Waits for the work as long as its progress goes on, now and then; whether it came to its end."""
    while not work.done():
        before = progress()
        wait([work], timeout=silence_max)
        if not work.done() and progress() == before:
            return False
    return True


def _fulfil(done: Future[T], work: Callable[[], T]) -> None:
    done.set_running_or_notify_cancel()  # from here on whoever waits may go, and the result still finds its place
    try:
        done.set_result(work())
    except BaseException as error:  # noqa: BLE001  handed over whole to whoever waits
        done.set_exception(error)
