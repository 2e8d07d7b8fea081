"""The site that is crawled: its base address, how gently it is treated."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from asiatongsin import __version__

DEFAULT_BASE = "https://newsasia.kr"

DEFAULT_USER_AGENT = f"asiatongsin/{__version__}"
"""Names the program honestly. The setting CONTACT adds the address of whoever runs it."""

_HOST_PREFIX = re.compile(r"^(?:www|m)\.(?=[^.]+\.)")
_HOST = re.compile(r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$")
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Site:
    """One site of the CMS. `Site.parse` makes it from what a user writes."""

    base: str = DEFAULT_BASE
    """Scheme and host (and port), without a slash at the end: all addresses are built on it."""

    @classmethod
    def parse(cls, address: str) -> Site:
        """`https://newsasia.kr`, `newsasia.kr` or `http://127.0.0.1:8000/`; ValueError says what is wrong."""
        if "@" in address:  # not repeated in the message: it may be a password
            raise ValueError(f"the address of a site holds neither user nor password; write it like {DEFAULT_BASE}")
        full = address.strip() if "://" in address else f"https://{address.strip()}"
        try:
            parts = urlsplit(full)
            port = parts.port
        except ValueError:
            what = f"{address!r} is not the address of a site, or its port is no number up to 65535"
            raise ValueError(f"{what}; write for example {DEFAULT_BASE}") from None
        host = _ascii_host(parts.hostname or "")
        if parts.scheme not in _DEFAULT_PORTS or not host:
            raise ValueError(f"{address!r} is not the address of a site; write for example {DEFAULT_BASE}")
        written_port = f":{port}" if port and port != _DEFAULT_PORTS[parts.scheme] else ""
        base = f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{written_port}"
        if parts.path.strip("/") or parts.query or parts.fragment:
            raise ValueError(f"{address!r} holds more than scheme and host; write {base}")
        return cls(base)

    @property
    def key(self) -> str:
        """The site as the tables name it: the host without `www.` or `m.`, with the port where there is one."""
        return _HOST_PREFIX.sub("", urlsplit(self.base).netloc)

    @property
    def host(self) -> str:
        """The bare host name, without `www.` or `m.` and without a port."""
        return _HOST_PREFIX.sub("", urlsplit(self.base).hostname or "")

    @property
    def is_loopback(self) -> bool:
        """This machine itself: a replica or a proxy, which needs no politeness."""
        host = self.host
        try:
            return ip_address(host).is_loopback
        except ValueError:
            return host == "localhost" or host.endswith(".localhost")

    def owns(self, url: str) -> bool:
        """Whether `url` leads to this site: the same host but for `www.` and `m.`, and the same port.

        A site without a port of its own answers on the default ports of http and https. An address with a user or
        a password belongs to no site: the crawler has none to send.
        """
        if url.startswith(f"{self.base}/"):
            return True
        try:
            parts = urlsplit(url)
            port = parts.port or _DEFAULT_PORTS.get(parts.scheme)
        except ValueError:
            return False
        if parts.scheme not in _DEFAULT_PORTS or "@" in parts.netloc:
            return False
        if _HOST_PREFIX.sub("", (parts.hostname or "").lower()) != self.host:
            return False
        own_port = urlsplit(self.base).port
        return port == own_port if own_port else port in _DEFAULT_PORTS.values()


def _ascii_host(host: str) -> str:
    """The host in ASCII, as DNS asks for a Korean name; empty where the text is no host."""
    try:
        ascii_host = host.rstrip(".").encode("idna").decode("ascii")
    except UnicodeError:
        return ""
    is_name = _HOST.match(ascii_host) and ascii_host not in {"www", "m"}
    return ascii_host if is_name or ":" in ascii_host else ""
