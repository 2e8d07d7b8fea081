"""Metrics as Prometheus reads them."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families


def samples(text: str) -> dict[tuple[str, ...], float]:
    """Name without its prefix, and values of labels other than the site: `("crawl_pages", "list")`."""
    return {
        (
            one.name.removeprefix("asiatongsin_"),
            *(text for label, text in one.labels.items() if label != "site"),
        ): one.value
        for family in text_string_to_metric_families(text)
        for one in family.samples
    }
