"""Command lines within sentences name commands and options that exist, and what does not run is tested elsewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.documented import programs
from tests.documented.inline import all_options, fault_in, in_prose
from tests.documented.page import steps
from tests.documents import Document, all_documents, pages
from tests.warm_start import ROOT

DOCUMENTS = [document for document in all_documents() if [*in_prose(document)]]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_what_a_sentence_tells_to_type_exists(document: Document) -> None:
    faults = {line: fault_in(line) for line in in_prose(document)}
    assert {line: fault for line, fault in faults.items() if fault} == {}


@pytest.mark.parametrize("document", pages("ko") + pages("en"), ids=lambda document: document.name)
def test_an_option_named_alone_is_one_of_a_command(document: Document) -> None:
    named = set(re.findall(r"`(--[a-z][\w.-]*)", document.prose))
    assert named - all_options() == set()


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("asiatongsin kraul", "there is no command kraul"),
        ("asiatongsin crawl --dry", "crawl has no option --dry"),
        ("asiatongsin crawl -a page=1", "there is no page"),
        ("asiatongsin crawl -s DOWNLOAD_DALAY=1", "there is no DOWNLOAD_DALAY"),
        ("asiatongsin search 예산 -축제 --cont", "search has no option --cont"),
        ("asiatongsin sites ad https://paper.kr", "there is no ad, only add, import"),
        ("asiatongsin sites set paper.kr --set NOTHING=1", "there is no NOTHING"),
        ("asiatongsin export articles --format xls", "invalid choice: 'xls'"),
    ],
)
def test_what_does_not_exist_is_told(line: str, fault: str) -> None:
    assert fault in str(fault_in(line))


@pytest.mark.parametrize(
    "line",
    [
        "asiatongsin read <address or file.html>",
        "asiatongsin <명령> -h",
        "asiatongsin search …",
        "asiatongsin search -- AI -sports",
        "asiatongsin status --metrics",
        "asiatongsin changes --format csv|atom",
        "ASIATONGSIN_DATA=.demo .venv/bin/asiatongsin serve",
    ],
)
def test_what_documents_leave_to_the_reader_is_no_fault(line: str) -> None:
    assert fault_in(line) is None


def test_what_does_not_run_here_is_tested_somewhere() -> None:
    tables = (programs.NOT_HERE, programs.MAKE, programs.MODULES, programs.NOT_INSTALLED)
    places = {place for table in tables for place in table.values()}
    assert [place for place in places if not (ROOT / place).is_file()] == []
    assert [target for target in programs.MAKE if target not in programs.targets()] == []


@pytest.mark.parametrize(
    ("call", "fault"),
    [
        ("docker compose run --rm crawl stattus", "there is no command stattus"),
        ("kubectl exec pod-0 -- asiatongsin fleet status --jsn", "fleet has no option --jsn"),
        ("kubectl apply --filename deploy/nothing.yaml", "deploy/nothing.yaml is not there"),
        ("uv tool install .[webb]", "no extras {'webb'}"),
        ("pip install no-such-package", "run without the package no-such-package"),
        ("make soup", "no target soup"),
        ("make clean", "does not say what tests `make clean`"),
        ("python -m tests.nothing", "only these are known"),
        ("launch rocket", "nothing is known of launch"),
    ],
)
def test_a_call_of_what_does_not_run_here_is_looked_at(call: str, fault: str) -> None:
    name, *arguments = call.split()
    assert fault in str(programs.fault(name, arguments))


BLOCK = """```sh
a \\
  b
# nothing

if d; then
  e
fi
f 'g
h' # status 1
i <<X
j
X
k # status 0 or 3
```
"""


def test_a_command_ends_where_a_shell_would_run_it(tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_text(BLOCK, encoding="utf-8")
    found = [(step.line, {*step.statuses}) for step in steps(Document(path, "en"))]
    assert found == [(2, {0}), (6, {0}), (9, {1}), (11, {0}), (14, {0, 3})]


def test_the_tables_name_only_what_a_document_tells_to_run() -> None:
    code = "\n".join(
        step.code for document in all_documents() for step in steps(document) if step.kind in {"sh", "cron"}
    )
    told = set(re.findall(r"[\w.-]+", code))
    made = set(re.findall(r"\bmake ((?:[a-z][\w-]* ?)+)", code))
    assert {*programs.NOT_HERE, *programs.MODULES, *programs.NOT_INSTALLED, *programs.INSTALLERS} - told == set()
    assert {*programs.MAKE} - {target for targets in made for target in targets.split()} == set()
