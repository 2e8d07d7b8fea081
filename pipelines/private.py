"""Folders that other users of the machine neither read nor write, whatever the umask is."""

from __future__ import annotations

from pathlib import Path

OWNER_AND_GROUP = 0o750


def private_folder(path: Path) -> Path:
    """Makes the folder and those above it that are missing; one that is there stays as it is. OSError."""
    for folder in [*reversed(path.parents), path]:
        if not folder.is_dir():
            folder.mkdir(OWNER_AND_GROUP, exist_ok=True)
    return path
