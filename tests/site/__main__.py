"""`python -m tests.site --articles 500 --port 8000`: serves the replica until interrupted."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from datetime import datetime

from .replica_site import KST, ReplicaSite
from .server import Replica, listening


def main() -> None:
    """Reads the options and serves in the foreground; Ctrl-C and SIGTERM end it with status 0."""
    options = _parser().parse_args()
    site = ReplicaSite(
        articles=options.articles,
        seed=options.seed,
        per_page=options.per_page,
        now=datetime.now(KST),
        removed_every=options.removed_every,
        unreadable_every=options.unreadable_every,
        validators=options.validators,
        page_bytes=options.page_bytes,
    )
    site.follow_clock()
    try:
        asyncio.run(_serve(site, options.port))
    except OSError as error:
        sys.exit(f"cannot serve on port {options.port}: {error.strerror}; name another with --port")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.site", description="Serve the replica on loopback.")
    parser.add_argument("--articles", type=int, default=500, help="how many there are (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8000, help="0 takes a free one (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="other seeds give other texts (default: %(default)s)")
    parser.add_argument("--per-page", type=int, default=20, help="entries of a list page (default: %(default)s)")
    parser.add_argument("--removed-every", type=int, default=97, help="0 removes none (default: %(default)s)")
    parser.add_argument("--unreadable-every", type=int, default=211, help="0 breaks none (default: %(default)s)")
    parser.add_argument("--validators", action="store_true", help="send ETag and Last-Modified, answer 304")
    parser.add_argument("--page-bytes", type=int, default=60_000, help="size of a page (default: %(default)s)")
    return parser


async def _serve(site: ReplicaSite, port: int) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    replica = Replica(site, keeps_requests=False)  # a benchmark asks a million times
    async with listening(replica, port):
        print(f"serving {len(site.numbers())} articles at {replica.url}", flush=True)
        await stopped.wait()


if __name__ == "__main__":
    main()
