"""Ten passages of an earlier README were riddles to its readers. None of them comes back, here or elsewhere."""

from __future__ import annotations

import re

import pytest

from tests.documents import Document, all_documents, plain

PASSAGES = (
    "is a fall where chance brings so little",
    "bring their notices in swarms",
    "What fell stays so",
    "asks, before it ends, for three others",
    "two of them next to the removed one",
    "makes up for one step",
    "another ladder",
    "bring nothing that is not stored",
    "brings nothing that is not stored",
    "none while the same goes wrong",
    "one when something else does as well",
    "Bad are the statuses",
    "which the next one tells",
    "but not the case of their names",
    "number that answered as removed",
    "which of these sightings count",
    "the validators its server gave",
    "begin with a look at the first pages",
    "also where desks bring",
)

RIDDLES = {
    "sighting": r"\bsightings?\b",
    "strip alone": r"(?<!weather )\bstrips?\b",
    "a field that fell": r"\bfell\b",
}
"""Words that say something to those alone who wrote the program. `weather strip` is a term, and code is exempt."""

OTHERWISE_MEASURED = re.compile(
    r"CHANGELOG|CONTRIBUTING|docs/en/development/|reference/(tables|settings|statistics|statuses|commands|addresses)\.md"
)
"""What is told to those who know the tables and the code, and what is made of the words of the program."""


def said(document: Document) -> str:
    """Its words in one line, so that a passage is found across the ends of lines."""
    return " ".join(plain(document.prose).split())


@pytest.mark.parametrize("document", all_documents(), ids=lambda document: document.name)
def test_none_of_them_is_left(document: Document) -> None:
    text = said(document).lower()
    assert [passage for passage in PASSAGES if passage.lower() in text] == []


@pytest.mark.parametrize("document", all_documents(), ids=lambda document: document.name)
def test_their_words_are_not_used_without_a_sense(document: Document) -> None:
    if OTHERWISE_MEASURED.search(document.name):
        return
    text = said(document)
    assert [word for word, pattern in RIDDLES.items() if re.search(pattern, text, re.IGNORECASE)] == []


def test_all_documents_are_read() -> None:
    names = {document.name for document in all_documents()}
    assert {"README.md", "README.en.md", "CHANGELOG.md", "docs/en/explanation/drift.md"} <= names
