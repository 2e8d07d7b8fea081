"""How far an interrupted run came, so that the next one of the same kind goes on there."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import msgspec

from asiatongsin import __version__
from pipelines.disk import write_whole
from pipelines.private import private_folder


@dataclass(frozen=True, kw_only=True)
class Place:
    """A capture; all before it are stored."""

    file: str
    offset: int


class Bookmark:
    """One file below the data folder for each way the command is called, with each version of the program."""

    def __init__(self, data: Path, asked: object) -> None:
        key = hashlib.sha256(msgspec.json.encode([__version__, asked])).hexdigest()[:16]
        self.path = data / "reparse" / f"{key}.json"

    def read(self) -> Place | None:
        """Where the last run was interrupted; None where it was not."""
        try:
            return msgspec.json.decode(self.path.read_bytes(), type=Place)
        except FileNotFoundError:
            return None
        except (msgspec.MsgspecError, UnicodeDecodeError):  # reading from the beginning costs time and nothing else
            return None

    def write(self, place: Place) -> None:
        """Remembers. OSError."""
        private_folder(self.path.parent)
        write_whole(self.path, msgspec.json.encode(place))

    def remove(self) -> None:
        """Forgets: the run came to its end."""
        self.path.unlink(missing_ok=True)
