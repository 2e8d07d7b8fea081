"""The archive store: objects in S3, Google's or Azure's store or in a folder, through obstore.

Credentials come from the environment, under the names that obstore documents, and stand in no message.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import cached_property, partial
from pathlib import Path
from typing import Any, TypeVar

from pipelines.disk import fsync_folder

T = TypeVar("T")

PIECE = 8 * 1024 * 1024
"""Bytes that are asked for at once: a slow line must bring them within the time of a request."""

UPLOADS = 4
"""Parts of an object that are sent at once; each takes 5 megabytes of memory."""

_PAST_END = re.compile(r"InvalidRange|status code: 416|StartTooLarge")
_CODE = re.compile(r"<Code>(\w{1,60})</Code>")
_STATUS = re.compile(r"status code: (\d{3} [A-Za-z ]{1,40})")
_REASON = re.compile(r"HTTP error: ([a-z ]{1,60})")
_CREDENTIALS = {
    "s3": "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION and AWS_ENDPOINT_URL",
    "gs": "GOOGLE_SERVICE_ACCOUNT",
    "az": "AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY",
}

_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT", "AZURE_ENDPOINT")
_ADDRESS = re.compile(r"https?://[^\s/@]+(/\S*)?")
_VARIABLES = ("AWS_", "GOOGLE_", "AZURE_")


class StoreTrouble(Exception):
    """The store did not do what was asked. Nothing is lost, and the next attempt asks again. The sentence says why."""


class ObjectMissing(StoreTrouble):
    """The store has no such object, or not as it was."""


class Store:
    """One store. All methods raise StoreTrouble."""

    def __init__(self, address: str, *, seconds: float = 120.0, retries: int = 3) -> None:
        self.address = address
        self.seconds = seconds
        """How long one request may take."""
        self.retries = retries

    def __reduce__(self) -> tuple[Any, ...]:
        return _of, (self.address, self.seconds, self.retries)

    def put(self, name: str, pieces: Iterator[bytes]) -> None:
        """Makes or replaces an object, whole or not at all. OSError of whoever makes the pieces stays as it is."""
        import obstore  # noqa: PLC0415  takes 20 ms, and most commands need no store

        try:
            self._done(name, lambda: obstore.put(self._store, name, pieces, max_concurrency=UPLOADS))
        except ObjectMissing:
            raise StoreTrouble(f"the archive store {self.address} is not there: make its bucket") from None
        if self._folder:
            try:
                _sync(self._folder / name, self._folder)
            except OSError as error:
                raise StoreTrouble(self._sentence(error)) from None

    def read(self, name: str, start: int, length: int) -> Iterator[bytes]:
        """These bytes of an object, in pieces; fewer where it is shorter. ObjectMissing."""
        import obstore  # noqa: PLC0415

        end = min(start + length, self.size(name)) if length > PIECE else start + length
        while start < end:
            now = min(PIECE, end - start)
            ask = partial(obstore.get_range, start=start, length=now)
            piece = bytes(self._done(name, lambda ask=ask: ask(self._store, name)))  # type: ignore[misc]
            yield piece
            if len(piece) < now:
                return
            start += now

    def size(self, name: str) -> int:
        """Bytes of an object. ObjectMissing."""
        import obstore  # noqa: PLC0415

        return int(self._done(name, lambda: obstore.head(self._store, name))["size"])

    def objects(self, folder: str | None = None) -> Iterator[str]:
        """Names of all objects, or of those below a folder."""
        import obstore  # noqa: PLC0415

        listed = self._done("", lambda: list(obstore.list(self._store, folder)))
        return (str(one["path"]) for some in listed for one in some)

    @cached_property
    def _store(self) -> Any:
        from obstore.store import LocalStore, from_url  # noqa: PLC0415

        if self._folder:
            if not self._folder.is_dir():
                raise StoreTrouble(f"the archive store {self.address} is not there: make the folder, or mount its disk")
            return LocalStore(self._folder)
        _forget_empty_variables()
        _check_endpoint()
        return from_url(
            self.address,
            client_options={
                "allow_http": True,  # where AWS_ENDPOINT_URL says http://
                "connect_timeout": timedelta(seconds=5),
                "timeout": timedelta(seconds=self.seconds),
            },
            retry_config={"max_retries": self.retries, "retry_timeout": timedelta(seconds=self.seconds)},
        )

    @property
    def _folder(self) -> Path | None:
        return None if "://" in self.address else Path(self.address)

    def _done(self, name: str, ask: Callable[[], T]) -> T:
        """What the store answers. Its own errors are not repeated: they may hold a signed address."""
        from obstore.exceptions import BaseError  # noqa: PLC0415

        try:
            return ask()
        except FileNotFoundError:
            raise ObjectMissing(f"the archive store {self.address} has no object {name}") from None
        except (BaseError, ValueError) as error:
            if _PAST_END.search(str(error)):
                raise ObjectMissing(f"the object {name} of the archive store {self.address} is too short") from None
            raise StoreTrouble(self._sentence(error)) from None

    def _sentence(self, error: Exception) -> str:
        text = str(error)
        found = [pattern.search(text) for pattern in (_CODE, _STATUS, _REASON)]
        why = next((one[1].strip() for one in found if one), "")
        if self._folder:
            why = "no room is left" if "os error 28" in text else getattr(error, "strerror", None) or _first_line(text)
            return f"the archive store {self.address} cannot be used ({why}): see that its disk is there and has room"
        names = _CREDENTIALS[self.address.partition(":")[0]]
        if type(error).__name__ in {"PermissionDeniedError", "UnauthenticatedError"} or "Missing" in text:
            return f"the archive store {self.address} refuses us ({why or 'credentials are missing'}): see {names}"
        return (
            f"the archive store {self.address} does not answer as it should ({why or 'no answer'}):"
            f" see that it runs and can be reached, and {names}"
        )


def _check_endpoint() -> None:
    """StoreTrouble where the endpoint is no address: obstore 0.12 would end the process (2026-12-01)."""
    for name in _ENDPOINTS:
        if not _ADDRESS.fullmatch(os.environ.get(name, "http://none")):
            raise StoreTrouble(f"{name} is not the address of a store: write it like http://127.0.0.1:9000")


def _forget_empty_variables() -> None:
    """Compose sets what .env leaves out to the empty text, at which obstore panics (0.12, AWS_ENDPOINT_URL)."""
    for name in [name for name, value in os.environ.items() if name.startswith(_VARIABLES) and not value]:
        del os.environ[name]


def _of(address: str, seconds: float, retries: int) -> Store:
    return Store(address, seconds=seconds, retries=retries)


def _first_line(text: str) -> str:
    return text.partition("\n")[0]


def _sync(path: Path, store: Path) -> None:
    """Brings an object of a folder to the disk itself: its local copy is removed next."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
    for folder in path.parents:
        fsync_folder(folder)
        if folder == store:
            return
