"""Why a server, or a pooler before it, took no connection: by its code, since the text is in the server's language."""

from __future__ import annotations

import os
import re
import select
from time import monotonic

import psycopg
from psycopg import conninfo, pq, sql

from pipelines.database.errors import (
    DatabaseBusy,
    DatabaseMissing,
    DatabaseRights,
    DatabaseUnreachable,
    DatabaseUnusable,
)

NO_DATABASE, NO_RIGHT, NO_CONNECTION_LEFT = "3D000", "42501", "53300"
NO_TRANSACTIONS = "0A000"
NOT_LET_IN = ("28000", "28P01")

_OF_POOLER = {
    "no such database": NO_DATABASE,
    "no such user": NOT_LET_IN[0],
    "no more connections allowed": NO_CONNECTION_LEFT,
    "query_wait_timeout": NO_CONNECTION_LEFT,
    "statement pooling mode": NO_TRANSACTIONS,
}
"""What pgbouncer says, in English only: its versions before 1.21 give all of these one code."""

_CODE = re.compile(rb'\tErrorResponse\t.* C "(\w{5})"')

SECONDS = 5.0
"""How long a server may take to say once more why it refuses."""


def refused(error: psycopg.OperationalError, address: str, sentence: str) -> DatabaseUnreachable | DatabaseUnusable:
    """The error for a connection that was not taken; `sentence` holds no password."""
    code = code_of_pooler(str(error)) or _code(address, error)
    given = conninfo.conninfo_to_dict(address)
    name, role = (sql.Identifier(str(given.get(key, key))).as_string() for key in ("dbname", "user"))
    if code == NO_DATABASE:
        make = f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0"
        return DatabaseMissing(f"{sentence}: make it with {make}, or name another one in DATABASE_URL")
    if code in NOT_LET_IN:
        return DatabaseMissing(f"{sentence}: mend user and password in DATABASE_URL, or whom the server lets in")
    if code == NO_RIGHT:
        return DatabaseRights(sentence, f"GRANT CONNECT ON DATABASE {name} TO {role}")
    return DatabaseBusy(sentence) if code == NO_CONNECTION_LEFT else DatabaseUnreachable(sentence)


def code_of_pooler(text: str) -> str:
    """The SQLSTATE for what a pooler says; empty for other texts."""
    return next((code for said, code in _OF_POOLER.items() if said in text), "")


def _code(address: str, error: psycopg.OperationalError) -> str:
    """The SQLSTATE of a refusal; empty where nobody answered, or this system cannot tell.

    libpq gives only the text of a refusal. So this asks once more, and reads the code in what libpq traces.
    """
    if isinstance(error, psycopg.errors.ConnectionTimeout) or not hasattr(os, "memfd_create"):
        return ""
    with os.fdopen(os.memfd_create("refusal"), "w+b") as trace:  # in memory only: it may hold the password
        if _ask(address, trace.fileno()):
            return NO_CONNECTION_LEFT  # one has come free since
        trace.seek(0)
        codes = _CODE.findall(trace.read())
    return codes[-1].decode() if codes else ""


def _ask(address: str, trace: int) -> bool:
    """Tries to connect and has libpq trace what it hears; returns whether it was let in."""
    connecting, until = pq.PGconn.connect_start(address.encode()), monotonic() + SECONDS
    if connecting.status == pq.ConnStatus.BAD:
        return False
    connecting.trace(trace)
    while (state := connecting.connect_poll()) in {pq.PollingStatus.READING, pq.PollingStatus.WRITING}:
        reads = [connecting.socket] if state == pq.PollingStatus.READING else []
        writes = [] if reads else [connecting.socket]
        if not any(select.select(reads, writes, [], max(until - monotonic(), 0))):
            break
    connecting.untrace()
    connecting.finish()
    return state == pq.PollingStatus.OK
