"""A certificate that nobody vouches for is refused: what answers there is not the site."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.conftest import Scrapy
from tests.warm_start import COLD


def self_signed(folder: Path) -> ssl.SSLContext:
    """A context with a key and a certificate of its own for localhost."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    encoding, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    private = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, plain)
    (folder / "both.pem").write_bytes(private + certificate.public_bytes(encoding))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "both.pem")
    return context


@pytest.fixture
def impostor(tmp_path: Path) -> Iterator[tuple[str, list[str]]]:
    """Address of a server with such a certificate, and the paths it was asked for."""
    asked: list[str] = []

    async def respond(request: web.BaseRequest) -> web.Response:
        asked.append(request.path)
        return web.Response(text="")

    async def serve(started: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event, int]]) -> None:
        stopped = asyncio.Event()
        runner = web.ServerRunner(web.Server(respond))
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=self_signed(tmp_path)).start()
        started.set_result((asyncio.get_running_loop(), stopped, runner.addresses[0][1]))
        await stopped.wait()
        await runner.cleanup()

    with ThreadPoolExecutor(max_workers=1) as thread:
        started: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event, int]] = Future()
        running = thread.submit(lambda: asyncio.run(serve(started)))
        loop, stopped, port = started.result(10)
        yield f"https://localhost:{port}", asked
        loop.call_soon_threadsafe(stopped.set)
        running.result(10)


def test_refuses_a_certificate_that_nobody_vouches_for(crawl: Scrapy, impostor: tuple[str, list[str]]) -> None:
    url, asked = impostor
    run = crawl(url, within=COLD)
    assert run.status == 4
    assert "its certificate does not verify" in run.last_line
    assert "DOWNLOAD_VERIFY_CERTIFICATES=0" in run.last_line
    assert "twisted.python.failure" not in run.log
    assert asked == []


def test_talks_to_it_when_told_not_to_look(crawl: Scrapy, impostor: tuple[str, list[str]]) -> None:
    url, asked = impostor
    crawl(url, "-s", "DOWNLOAD_VERIFY_CERTIFICATES=0", within=COLD)
    assert "/robots.txt" in asked
