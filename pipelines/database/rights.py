"""Whether the role may do what the program does, and which GRANT helps where it may not."""

from __future__ import annotations

from collections.abc import Sequence

import psycopg
from psycopg import Connection

from pipelines.database.errors import DatabaseRights
from pipelines.database.tables import TABLES
from pipelines.database.views import VIEWS

USED = ("SELECT", "INSERT", "UPDATE", "DELETE")
"""What a crawl needs on all tables, once they are there."""

READ = ("SELECT",)
"""What a command needs that only looks."""

_NEEDED = [(table, right) for table in TABLES for right in USED if table != "asiatongsin_migrations"]
_NEEDED += [(name, "SELECT") for name in ("asiatongsin_migrations", *VIEWS)]

_ROLE = "quote_ident(current_user), coalesce(quote_ident(current_schema()), 'public')"

_LACKING = f"""
SELECT name, kind, {_ROLE} FROM unnest(%s::text[], %s::text[]) AS needed (name, kind)
WHERE to_regclass('asiatongsin_migrations') IS NOT NULL AND NOT has_table_privilege(to_regclass(name), kind) LIMIT 1"""

# Without USAGE, the tables are not even found; PostgreSQL lets everybody look into pg_class all the same.
_HIDDEN = """
SELECT quote_ident(current_user), quote_ident(nspname)
FROM pg_class JOIN pg_namespace AS n ON n.oid = relnamespace
WHERE relname = 'asiatongsin_migrations' AND current_schema() IS NULL AND NOT has_schema_privilege(n.oid, 'USAGE')
LIMIT 1"""

_OWNER = f"""
SELECT {_ROLE}, (SELECT pg_get_userbyid(relowner)::text FROM pg_class WHERE oid = to_regclass('asiatongsin_migrations'))
"""


def check_rights(connection: Connection) -> None:
    """DatabaseRights where the role may not read and write the tables that are there."""
    if lacks := lacking_rights(connection):
        raise lacks


def lacking_rights(connection: Connection) -> DatabaseRights | None:
    """What the role lacks of the rights to read and write the tables; None where it may do both."""
    if hidden := hidden_tables(connection):
        return hidden
    needed = [list(column) for column in zip(*_NEEDED, strict=True)]
    for table, right, role, schema in connection.execute(_LACKING, needed):
        return DatabaseRights(f"{role} may not {right} on {table}", grant_tables(schema, role))
    return None


def hidden_tables(connection: Connection) -> DatabaseRights | None:
    """What lets the role find tables that are there; None where it finds them, or there are none."""
    for role, schema in connection.execute(_HIDDEN):
        return DatabaseRights(f"{role} may not use the schema {schema}", f"GRANT USAGE ON SCHEMA {schema} TO {role}")
    return None


def may_not_change_schema(connection: Connection, error: psycopg.Error) -> DatabaseRights:
    """The error of a role that may not make the tables, or change them."""
    [(role, schema, owner)] = connection.execute(_OWNER).fetchall()
    make = (
        f"GRANT USAGE, CREATE ON SCHEMA {schema} TO {role}; or run `asiatongsin migrate` once as the owner of the"
        f" schema, then {grant_tables(schema, role)}"
    )
    as_owner = f"run `asiatongsin migrate` once as {owner}, the owner of the tables"
    return DatabaseRights(error.diag.message_primary or "", as_owner if owner else make)


def grant_tables(schema: str, role: str, rights: Sequence[str] = USED) -> str:
    """The statement that lets a role read and write the tables, or do with them what these `rights` say."""
    return f"GRANT {', '.join(rights)} ON ALL TABLES IN SCHEMA {schema} TO {role}"
