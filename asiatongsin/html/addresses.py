"""Addresses as pages print them."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urljoin

from asiatongsin.korean import clean

_ROOT = re.compile(r"https?://[a-z0-9.\-]+(?::[0-9]+)?(?=/)", re.ASCII)
_USUAL = re.compile(rf"(?P<root>{_ROOT.pattern})?(?:/(?!\.)[\w.\-]+)+/?(?:\?[\w=&%.\-]+)?", re.ASCII)


def join(base: str, address: str | None) -> str:
    """An absolute address; one that is no address at all (`http://[광]/`) stays as it is printed."""
    usual = _USUAL.fullmatch(address or "")  # of these urljoin makes the same, in ten times as long
    if usual and usual["root"]:
        return usual[0]
    if usual and (root := _root_of(base)):
        return root + usual[0]
    printed = clean(address or "")
    try:
        return urljoin(base, printed)
    except ValueError:
        return printed


@lru_cache(maxsize=64)
def _root_of(base: str) -> str | None:
    """Scheme and host of an address in its usual form; None where it has another one."""
    found = _ROOT.match(base)
    return found[0] if found else None
