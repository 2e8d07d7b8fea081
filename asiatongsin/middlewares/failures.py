"""Why a page did not arrive: it was not requested, or the download failed."""

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

from asiatongsin.cms import GONE_STATUSES

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
"""The errors of Scrapy where no answer came."""


class Refused(IgnoreRequest):
    """The crawler refuses to make this request, now and later: the address is forbidden, or not on the site."""


class Stopped(IgnoreRequest):
    """The crawl is stopped before it made this request."""


def is_failure_of_server(error: BaseException | None) -> bool:
    """Whether the page may come another time: the server did not answer, or said that it failed."""
    if isinstance(error, HttpError):
        return bool(error.response.status >= 500 or error.response.status == 429)
    return not isinstance(error, Refused)


def failure_reason(error: BaseException | None) -> str:
    """What kept a page from arriving, in a few words."""
    if isinstance(error, HttpError):
        return f"HTTP status {error.response.status}"
    return str(error) or type(error).__name__


def is_absent(error: BaseException | None) -> bool:
    """Whether the site answered that there is no such page."""
    return isinstance(error, HttpError) and error.response.status in GONE_STATUSES
