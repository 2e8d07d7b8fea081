"""Says in words why a download failed, before anyone repeats what the libraries say."""

from __future__ import annotations

import re

from scrapy.exceptions import DownloadFailedError
from scrapy.http import Request

ANY_CERTIFICATE = "DOWNLOAD_VERIFY_CERTIFICATES=0 accepts any, where you trust the way to the site"

CAUSES = {
    "VerificationError": f"its certificate is for another host; {ANY_CERTIFICATE}",
    "certificate verify failed": (
        f"its certificate does not verify: it is out of date, its key is too small, or no known authority signed it; "
        f"{ANY_CERTIFICATE}"
    ),
    "dh key too small": (
        "its key for the exchange is too small; DOWNLOADER_CLIENT_TLS_CIPHERS=DEFAULT:!DH asks for another kind"
    ),
    "wrong version number|http request|packet length too long": "it does not speak TLS there; write site=http://…",
    "handshake failure|protocol version|unsupported protocol|no shared cipher|no protocols available|legacy": (
        "it speaks TLS only in a way that is too old to be safe; write site=http://…, where it answers that as well"
    ),
}
"""What OpenSSL says, as regular expressions, and what it means; the settings were tried (2026-11-30)."""

_WRAPPED = re.compile(r"<twisted\.python\.failure\.Failure (?P<kind>[\w.]+): (?P<words>.*?)>(?=, <|\]$)", re.DOTALL)
_OPENSSL = re.compile(r"\('[^']*', '[^']*', '(?P<words>[^']*)'\)")


class ExplainMiddleware:
    """Replaces the words of a failed download; it stands nearer to the site than all that reads them."""

    def process_exception(self, request: Request, exception: Exception) -> None:
        if isinstance(exception, DownloadFailedError):
            exception.args = (explain(str(exception)),)


def explain(text: str) -> str:
    """The cause of a failure, and the setting that helps where one does; `text` is how Twisted prints it."""
    cause = next((words for pattern, words in CAUSES.items() if re.search(pattern, text)), None)
    unwrapped = [_unwrapped(found) for found in _WRAPPED.finditer(text)]
    return cause or ", ".join(dict.fromkeys(unwrapped)) or text


def _unwrapped(found: re.Match[str]) -> str:
    words = [one["words"] for one in _OPENSSL.finditer(found["words"])]
    return ", ".join(filter(None, words)) or found["words"].strip() or found["kind"].rpartition(".")[2]
