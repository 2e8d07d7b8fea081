"""`python -m tests.site --articles 500 --port 8000`: serves the replica until interrupted."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from datetime import datetime
from typing import Any

from .faults import BREAKS, CHANGES, Fault
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
        asyncio.run(_serve(site, options.port, options.faults))
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
    add = parser.add_argument_group(
        "misbehaviour", "--share, --where and --times are of the --fault before them"
    ).add_argument
    add("--fault", dest="faults", type=_fault, action="append", default=[], help=f"an HTTP status, or: {KINDS}")
    add("--share", type=float, action=_OfLastFault, help="share of the addresses, the same each time (default: all)")
    add("--where", action=_OfLastFault, help=f"regular expression on path and query (default: {Fault.where})")
    add("--times", type=int, action=_OfLastFault, help="how often it befalls one address (default: always)")
    return parser


KINDS = ", ".join(sorted({*CHANGES, *BREAKS} - {"status"}))


def _fault(text: str) -> Fault:
    if text.isdecimal() and 200 <= int(text) <= 599:
        return Fault(kind="status", status=int(text))
    if text not in {*CHANGES, *BREAKS}:
        raise argparse.ArgumentTypeError(f"{text!r} is neither an HTTP status nor one of: {KINDS}")
    return Fault(kind=text)


class _OfLastFault(argparse.Action):
    """An option that belongs to the `--fault` before it."""

    def __call__(
        self, parser: argparse.ArgumentParser, options: argparse.Namespace, value: Any, name: str | None = None
    ) -> None:
        if not options.faults:
            parser.error(f"{name} stands behind the --fault it belongs to")
        setattr(options.faults[-1], self.dest, value)


async def _serve(site: ReplicaSite, port: int, faults: list[Fault]) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    replica = Replica(site, keeps_requests=False)  # a benchmark asks a million times
    replica.faults += faults
    async with listening(replica, port):
        print(f"serving {len(site.numbers())} articles at {replica.url}", flush=True)
        await stopped.wait()


if __name__ == "__main__":
    main()
