"""A download handler that has the replica answer for every site, so that commands may name real ones."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.http import Response

REPLICA = "DOCUMENTED_REPLICA"
"""Variable that names the address of the replica."""

SETTING = '{"http": "tests.documented.answering.ReplicaHandler", "https": "tests.documented.answering.ReplicaHandler"}'
"""The setting DOWNLOAD_HANDLERS."""


class ReplicaHandler(HTTP11DownloadHandler):
    """Asks the replica, whatever host the address names; the answer has the address that was asked for."""

    async def download_request(self, request: Request) -> Response:
        asked = urlsplit(request.url)
        there = request.replace(url=f"{os.environ[REPLICA]}{asked.path}?{asked.query}".rstrip("?"))
        response = await super().download_request(there)
        request.meta["download_latency"] = there.meta["download_latency"]
        return response.replace(url=request.url)
