"""Why a page did not arrive: it was not asked for, or the download failed."""

from __future__ import annotations

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.spidermiddlewares.httperror import HttpError

DOWNLOAD_FAILURES = (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    OSError,
    ResponseDataLossError,
)
"""What Scrapy raises where no answer came."""


class Refused(IgnoreRequest):
    """We refuse to ask for this, now and later: it is forbidden, or not on the site."""


class Stopped(IgnoreRequest):
    """The crawl is told to stop before this was asked for."""


def failure_reason(error: BaseException | None) -> str:
    """What kept a page from arriving, in a few words."""
    if isinstance(error, HttpError):
        return f"HTTP status {error.response.status}"
    return str(error) or type(error).__name__
