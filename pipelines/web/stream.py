"""A file that goes to a browser while it is written."""

from __future__ import annotations

import asyncio

from aiohttp import web

from asiatongsin.addresses import bytes_without_addresses

PIECE = 64 * 1024
"""Bytes that are sent together."""

PATIENCE = 60.0
"""Seconds in which who asked must take a piece: until the file has ended, nobody else has its place, and the database
keeps what was deleted meanwhile."""


class Download:
    """Takes bytes in a thread, and hands them to the event loop; a slow reader slows the writer down."""

    def __init__(self, request: web.Request, response: web.StreamResponse, loop: asyncio.AbstractEventLoop) -> None:
        self._request = request
        self._response = response
        self._loop = loop
        self._waiting = bytearray()

    def write(self, data: bytes | bytearray | memoryview, /) -> None:
        """Takes a whole line, or more; no e-mail address goes on. ConnectionResetError where nobody reads on."""
        self._waiting += bytes_without_addresses(bytes(data))
        if len(self._waiting) >= PIECE:
            self.flush()

    def flush(self) -> None:
        """Sends what waits; with the first bytes goes the head of the answer."""
        piece, self._waiting = bytes(self._waiting), bytearray()
        asyncio.run_coroutine_threadsafe(self._send(piece), self._loop).result()

    async def _send(self, piece: bytes) -> None:
        if not self._response.prepared:
            await self._response.prepare(self._request)
        try:
            await asyncio.wait_for(self._response.write(piece), PATIENCE)
        except TimeoutError:
            raise ConnectionResetError from None
