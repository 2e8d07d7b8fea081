"""`make demo`: a replica of the site, a crawl of it into the embedded database, and what came."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMMAND = [sys.executable, "-m", "asiatongsin"]
FOLDER = ROOT / ".demo"


def main(arguments: Sequence[str] | None = None) -> int:
    """Status of the crawl. Run twice, the second crawl finds nothing new: the data stay in `.demo`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=300)
    parser.add_argument("--port", type=int, default=8765)
    given = parser.parse_args(arguments)
    with replica(given.articles, given.port) as site:
        argument = ["-a", f"site={site}"]
        say(f"Crawling {site}, a replica of the site with {given.articles} articles")
        status = asiatongsin("crawl", *argument)
        if status:
            return status
        say("What is in the database now (asiatongsin summary)")
        asiatongsin("summary")
        say("What the next crawl would fetch (asiatongsin crawl -a dry=1)")
        asiatongsin("crawl", *argument, "-a", "dry=1")
        say("How the crawls went (asiatongsin status)")
        status = asiatongsin("status")
    say("Look further at these data")
    show = ("search 시장", "sections", "changes --since 1d", "export articles -o articles.csv", "sql")
    print("export ASIATONGSIN_DATA=.demo", *(f".venv/bin/asiatongsin {words}" for words in show), sep="\n", flush=True)
    say("Look at them in a browser")
    print("make web && ASIATONGSIN_DATA=.demo .venv/bin/asiatongsin serve    # the web page on these data", flush=True)
    print("make demo-page    # … and on a week of them, with edits and weather", flush=True)
    return status


def asiatongsin(*arguments: str) -> int:
    """Runs a command of the project with its data in `.demo`; `DATABASE_URL` is honoured as everywhere."""
    environment = os.environ | {"ASIATONGSIN_DATA": str(FOLDER)}
    if not sys.stderr.isatty():
        environment.setdefault("ASIATONGSIN_LOG_LEVEL", "WARNING")
    return subprocess.run([*COMMAND, *arguments], cwd=ROOT, env=environment, check=False).returncode


def say(text: str) -> None:
    print(f"\n=== {text}", flush=True)


@contextmanager
def replica(articles: int, port: int) -> Iterator[str]:
    """Address of a replica that serves as long as the block lasts."""
    command = [sys.executable, "-m", "tests.site", "--articles", str(articles), "--port", str(port)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        try:
            ready = server.stdout.readline() if server.stdout else ""
            if "http://" not in ready:
                sys.exit(f"The replica could not be served on port {port}; try: make demo PORT={port + 1}")
            yield f"http://{ready.rpartition('http://')[2].strip()}"
        finally:
            server.terminate()


if __name__ == "__main__":
    sys.exit(main())
