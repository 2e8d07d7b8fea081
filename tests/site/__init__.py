"""A replica of newsasia.kr to crawl: pages as SITE.md describes them, with invented content and known truth."""

from __future__ import annotations

from .fates import REMOVED_FORMS, Fate, RemovedForm
from .faults import Fault
from .replica_site import KST, ReplicaSite
from .server import Replica, Request, serve, serve_all
from .truth import TrueArticle, TrueReading, TrueRelated

__all__ = [
    "KST",
    "REMOVED_FORMS",
    "Fate",
    "Fault",
    "RemovedForm",
    "Replica",
    "ReplicaSite",
    "Request",
    "TrueArticle",
    "TrueReading",
    "TrueRelated",
    "serve",
    "serve_all",
]
