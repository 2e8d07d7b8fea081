"""Real stores for the archive: SeaweedFS, which all processes of a run share, moto beside it, and a folder."""

from __future__ import annotations

import fcntl
import random
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from subprocess import DEVNULL
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from uuid import uuid4

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store
from scrapy.settings import Settings

from tests import keeper
from tests.processes import wait_until
from tests.warm_start import ROOT

WEED = Path(sys.executable).with_name("weed")
MOTO = ROOT / ".venv-moto/bin/moto_server"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "geheimer Schluessel", "AWS_REGION": "us-east-1"}
_IDENTITY = """{"identities": [{"name": "test", "actions": ["Admin", "Read", "Write", "List"],
"credentials": [{"accessKey": "%(AWS_ACCESS_KEY_ID)s", "secretKey": "%(AWS_SECRET_ACCESS_KEY)s"}]}]}"""
_PARTS = ("master", "volume", "filer", "s3")

RUNNING: list[Weed] = []
"""Nobody waits for it: keeper.py ends it with the run."""


class Weed:
    """A SeaweedFS server with its data in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports: dict[str, int] = {}
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def endpoint(self) -> str:
        """Where its S3 is."""
        return f"http://127.0.0.1:{self.ports['s3.port']}"

    def start(self) -> None:
        """Starts it, in about four seconds and 0.3 CPU-seconds (2026-12-01), on ports that are free now."""
        self.folder.mkdir(exist_ok=True)
        while self.has_ended:
            self.ports = {f"{part}.port{kind}": lasting_port() for part in _PARTS for kind in ("", ".grpc")}
            self._begin()
            wait_until(lambda: self.has_ended or takes(self.endpoint))

    @property
    def has_ended(self) -> bool:
        """Whether it does not run any more."""
        return self.process is None or self.process.poll() is not None

    def _begin(self) -> None:
        (self.folder / "s3.json").write_text(_IDENTITY % CREDENTIALS)
        options = [f"-{name}={port}" for name, port in self.ports.items()]
        command = [str(WEED), "server", f"-dir={self.folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-s3", *options]
        bounds = [
            "-master.telemetry=false",
            "-master.volumeSizeLimitMB=64",
            "-master.volumePreallocate=false",
            "-volume.max=20",
            "-s3.iam=false",
            "-s3.port.iceberg=0",
            "-s3.port.lance=0",
        ]
        given = [*command, *bounds, f"-s3.config={self.folder / 's3.json'}"]
        with (self.folder / "log").open("ab") as log:
            # In a session of its own: Ctrl-C is not for it, and keeper.py ends it with the run.
            self.process = subprocess.Popen(
                given, cwd=self.folder, stdin=DEVNULL, stdout=log, stderr=log, start_new_session=True
            )

    def kill(self) -> None:
        """Takes it away at once."""
        if self.process:
            self.process.kill()
            self.process.wait()


def lasting_port() -> int:
    """A free port that the system gives to no connection: a server that comes back later finds it free."""
    while True:
        port = random.SystemRandom().randrange(12_000, 32_000)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


def answers(endpoint: str) -> bool:
    """Whether a store answers, if only that it does not know us."""
    try:
        urlopen(endpoint, timeout=5)
    except HTTPError:
        return True
    except OSError:
        return False
    return True


def seaweed() -> str:
    """Endpoint of the SeaweedFS of this run. Whoever asks first starts it."""
    told = keeper.folder() / "seaweed"
    with (keeper.folder() / "seaweed.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not told.exists():
            server = Weed(keeper.folder() / "seaweed.data")
            server.start()
            RUNNING.append(server)
            told.write_text(server.endpoint)
    return told.read_text()


def takes(endpoint: str) -> bool:
    """Whether a store takes an object and gives it back: SeaweedFS answers before it can.

    It keeps empty objects elsewhere, so this one is not.
    """
    config = {name.lower(): value for name, value in (CREDENTIALS | {"AWS_ENDPOINT": endpoint}).items()}
    client = {"allow_http": True, "timeout": timedelta(seconds=5)}
    store = S3Store("papers", config=config, client_options=client, retry_config={"max_retries": 0})  # type: ignore[arg-type]
    try:
        obstore.put(store, "ready", b"ready")
        return bytes(obstore.get(store, "ready").bytes()) == b"ready"
    except (BaseError, OSError):
        return False


@contextmanager
def moto() -> Iterator[str]:
    """Endpoint of a moto server."""
    port = lasting_port()
    command = [str(MOTO), "-H", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(command, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL) as process:
        try:
            wait_until(lambda: process.poll() is not None or answers(f"http://127.0.0.1:{port}"))
            # SeaweedFS makes a bucket for whoever may.
            urlopen(Request(f"http://127.0.0.1:{port}/papers", method="PUT"), timeout=60)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()


def environment(endpoint: str) -> dict[str, str]:
    """What the environment names for a store."""
    return CREDENTIALS | {"AWS_ENDPOINT_URL": endpoint}


def new_address() -> str:
    """An empty store in the bucket of the tests."""
    return f"s3://papers/{uuid4().hex[:12]}"


def settings_of(url: str, data: Path, address: str, machine: str = "a", **more: object) -> Settings:
    """Settings of a machine of the fleet."""
    found = Settings()
    found.setmodule("asiatongsin.settings")
    given = {"DATABASE_URL": url, "DATA": str(data), "ARCHIVE_STORE": address, "FLEET_MACHINE": machine}
    found.setdict(given | more, priority="cmdline")
    return found
