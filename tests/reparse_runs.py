"""What tests of `asiatongsin reparse` have in common: what is stored, and processes that run while the test acts."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import datetime

from psycopg import Connection

from pipelines.reparse.report import Report
from tests.faults import contents

BASE = "https://newsasia.kr"

FELL = """
INSERT INTO missing_fields (site, part, field, scope, since, crawl, pages, found)
SELECT site, 'article', 'headline', scope, started_at, id, 9, 0 FROM crawls"""
"""As if the headline had fallen in each crawl."""

Begin = Callable[..., subprocess.Popen[str]]
Reread = Callable[..., Report]


def stored(connection: Connection) -> frozenset[str]:
    return contents.rows(connection)


def empty(connection: Connection) -> None:
    connection.execute(
        "TRUNCATE article_texts, weather_snapshots, crawls, rejected_pages, removed_articles RESTART IDENTITY CASCADE"
    )


def stop_after(connection: Connection, at: datetime) -> None:
    """From captures of that time on it is as if the server were stopped."""
    connection.execute(f"""
        CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF NEW.fetched_at > '{at}' THEN
                RAISE EXCEPTION 'the server stops here' USING ERRCODE = 'admin_shutdown';
            END IF;
            RETURN NEW;
        END $$;
        CREATE TRIGGER stop BEFORE INSERT ON article_texts FOR EACH ROW EXECUTE FUNCTION stop()""")
