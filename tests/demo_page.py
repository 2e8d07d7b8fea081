"""`make demo-page`: a week of a replica of the site, stored as crawls store it, and the page that shows it."""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import webbrowser
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import rmtree
from threading import Thread

from asiatongsin.capture import Exchange
from asiatongsin.items import Page, PageItems
from pipelines.archive.crawl_files import Archive
from pipelines.crawl_record import CrawlRecord
from pipelines.spool.folder import Spool
from pipelines.web.serving import Taken
from pipelines.web.serving import serve as web_page
from tests.demo import COMMAND, ROOT, say
from tests.in_process import settings
from tests.site import KST, Replica, ReplicaSite, serve
from tests.site.answers import Ask, answer

FOLDER = ROOT / ".demo-page"
REPLICA_PORT = 8765
ARTICLES = 300
"""One every 37 minutes: about a week."""

VISITED_AFTER = timedelta(minutes=12)
EDITED_AFTER = timedelta(hours=3)
AWAY_FROM, AWAY_UNTIL = timedelta(hours=75), timedelta(hours=57)
"""No page came meanwhile, so the weather has a gap."""

TO_CRAWL, CRAWLS = 10, 4
"""The newest articles, which the first of so many real crawls fetches."""

PAUSE = timedelta(hours=25)
"""Between two sightings of an article that was taken down."""


def main() -> int:
    """Shows the data of today until Ctrl-C."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8010)
    parser.add_argument("--replica-port", type=int, default=REPLICA_PORT)
    parser.add_argument("--only-make", action="store_true", help="make the data, and do not show them")
    given = parser.parse_args()
    prepare(given.replica_port)
    return 0 if given.only_make else show(given.port)


def prepare(port: int = REPLICA_PORT) -> None:
    """Makes the data of today where they are not there."""
    made, today = FOLDER / "made", f"{datetime.now(KST):%F}"
    if not made.exists() or made.read_text() != today:
        rmtree(FOLDER, ignore_errors=True)
        make(port)
        made.write_text(today)


def make(port: int) -> None:
    """A week in the archive, and some crawls of today."""
    site = ReplicaSite(ARTICLES, now=datetime.now(KST), per_page=10)
    with ExitStack() as stack:
        try:
            replica = stack.enter_context(serve(site, port))
        except OSError:
            sys.exit(
                f'The replica could not be served on port {port}; try: make demo-page ARGS="--replica-port {port + 1}"'
            )
        say(f"A week of {replica.url}, a replica of the site, is written into an archive")
        removed = archive_week(replica, FOLDER)
        say("The archive is read (asiatongsin reparse)")
        asiatongsin("reparse")
        leave_sightings(replica, removed, FOLDER)
        say("The site is crawled: what is new, and what was taken down (asiatongsin crawl)")
        asiatongsin("drain")
        for _ in range(CRAWLS):
            asiatongsin("crawl", "-a", f"site={replica.url}")
            *_, broken = site.publish(7)
        site.break_page(broken)
        say("One of the newest pages looks otherwise than all others, and is crawled as well")
        asiatongsin("crawl", "-a", f"site={replica.url}")


def archive_week(replica: Replica, folder: Path) -> list[int]:
    """Each page as it came on its day, and what was edited a second time; the articles that are taken down now."""
    site, now = replica.site, datetime.now(KST)
    record = CrawlRecord.begin(host(replica), {})
    with closing(Archive(folder, record, {"software": "asiatongsin", "isPartOf": record.id}, 10**9)) as archive:
        for at, no, is_edit in sorted(visits(site, now)):
            site.now = at
            if is_edit:
                site.edit(no)
            archive.append(capture(replica, no, at))
        archive.sync()
    site.follow_clock()
    removed = [*site.numbers()][-90:-30:20]
    for no in removed:
        site.remove(no, "404")
    return removed


def visits(site: ReplicaSite, now: datetime) -> Iterator[tuple[datetime, int, bool]]:
    """When each article was fetched: soon after it was published, and some once more, since they were edited."""
    for no in site.numbers()[:-TO_CRAWL]:
        at = site.story(no).published_at + VISITED_AFTER
        if now - AWAY_FROM < at < now - AWAY_UNTIL:
            at = now - AWAY_UNTIL + timedelta(seconds=no % 1000)
        yield at, no, False
        if no % 9 == 0 and at + EDITED_AFTER < now:
            yield at + EDITED_AFTER, no, True
    midnight = now.replace(hour=0, minute=0, second=0)
    for minutes, no in enumerate(site.numbers()[-60:-TO_CRAWL:9], 1):
        yield max(now - 5 * timedelta(minutes=minutes), midnight + timedelta(seconds=minutes)), no, True


def capture(replica: Replica, no: int, at: datetime) -> Page:
    """The page of an article as a crawl hands it to the archive."""
    url = url_of(replica, no)
    answered = answer(replica.site, Ask(path="/news/article.html", query=f"no={no}", headers={}))
    headers = (("Content-Type", answered.content_type),)
    moment = at.astimezone(UTC)
    exchange = Exchange(url=url, status=200, headers=headers, body=answered.body, fetched_at=moment)
    return Page(
        url=url,
        site=host(replica),
        base=replica.url,
        kind="article",
        fetched_at=moment,
        status=200,
        headers=headers,
        body=answered.body,
        exchanges=(exchange,),
        no=no,
        is_listed=True,
    )


def leave_sightings(replica: Replica, removed: list[int], folder: Path) -> None:
    """What a crawl of yesterday would have left in the spool: articles that it found removed."""
    at = datetime.now(UTC) - PAUSE
    record = CrawlRecord(
        id=f"{at:%Y%m%dT%H%M%SZ}-000001",
        site=host(replica),
        started_at=at,
        finished_at=at + timedelta(minutes=2),
        outcome="ok",
        gone_after=timedelta(days=1),
    )
    spool = Spool.create(folder / "spool", record, segment_pages=100)
    for no in removed:
        url = url_of(replica, no)
        items = PageItems(site=host(replica), url=url, kind="article", no=no, fetched_at=at, removed="404")
        spool.append(replace(items, is_listed=True))
    spool.release()


def url_of(replica: Replica, no: int) -> str:
    return f"{replica.url}/news/article.html?no={no}"


def host(replica: Replica) -> str:
    return replica.url.removeprefix("http://")


def show(port: int) -> int:
    """Serves the page, and opens a browser where there is one, until Ctrl-C."""
    try:
        asyncio.run(web_page(settings("", FOLDER), "127.0.0.1", port, tell=announce))
    except Taken as error:
        sys.exit(f'{error}; name another one: make demo-page ARGS="--port {port + 1}"')
    return 0


def announce(text: str) -> None:
    say(text)
    if sys.platform == "darwin" or {"DISPLAY", "WAYLAND_DISPLAY"} & os.environ.keys():  # else one within the terminal
        Thread(target=webbrowser.open, args=(text.partition(" ")[0],), daemon=True).start()


def asiatongsin(*arguments: str) -> None:
    """Runs a command with its data in `.demo-page`; ends with its status where it goes wrong."""
    output = subprocess.DEVNULL if arguments[0] == "reparse" else None  # tells each of its three hundred pages
    run = subprocess.run([*COMMAND, *arguments], cwd=ROOT, env=environment(), stdout=output, check=False)
    if run.returncode:
        sys.exit(run.returncode)


def environment() -> dict[str, str]:
    """An embedded database of its own: rows of the demo have no place in one that is used."""
    given = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return given | {"ASIATONGSIN_DATA": str(FOLDER), "ASIATONGSIN_LOG_LEVEL": "WARNING"}


if __name__ == "__main__":
    sys.exit(main())
