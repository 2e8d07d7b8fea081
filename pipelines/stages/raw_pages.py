"""Keeps pages that could not be read as they came, for whoever mends the selectors."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

from asiatongsin.items import Page
from pipelines.disk import make_private_folder, safe_name, write_whole


def keep_raw_page(page: Page, data: Path) -> str:
    """Writes the body, gzipped, below `data` and returns its path relative to it.

    The same body of the same page is kept once, however many crawls meet it. The file name holds no text of the page.
    """
    digest = hashlib.sha256(page.body).hexdigest()[:16]
    name = f"{page.kind}-{page.no or 0}-{digest}.html.gz"
    relative = Path("rejected", safe_name(page.site), name)
    path = data / relative
    if not path.exists():
        make_private_folder(path.parent)
        write_whole(path, gzip.compress(page.body, mtime=0))
    return relative.as_posix()
