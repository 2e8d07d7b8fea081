"""What documents tell their readers to type works, line by line, as it stands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.documented.page import steps
from tests.documented.prepared import Prepared, prepare
from tests.documented.running import run
from tests.documents import Document, all_documents

pytestmark = pytest.mark.usefixtures("starts_commands")

PAGES = [page for page in all_documents() if page.language == "en" and steps(page)]
"""Korean pages have the same code: tests/unit/test_documents.py."""


@pytest.fixture(scope="module")
def prepared(server: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prepared]:
    with prepare(server, template, tmp_path_factory.mktemp("documented") / "data") as made:
        yield made


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_line_of_the_page_runs_as_it_stands(
    page: Document, prepared: Prepared, server: str, tmp_path: Path
) -> None:
    with prepared.page(server, tmp_path) as (world, replica):
        told = run(page.name, steps(page), world, replica)
    assert told.faults == [], "\n".join(told.faults)
    assert len(told.ended) == len([step for step in steps(page) if step.kind != "file"])


WRONG = """# A page with mistakes

```sh
asiatongsin search 예산 --sinse 30d
asiatongsin search 예산 --since 30d   # found
asiatongsin status --site nobody.kr   # status 1: nothing of it is stored
asiatongsin export articles \\
    --section 정치 -o politics.csv && wc -l <politics.cvs
export KEPT=kept; cd "$HOME" && test "$KEPT" = kept
test "$KEPT" = lost
curry --hot
make supper
pip install ".[sauce]"
exit 3
asiatongsin sections | head -1
cat <<'EOF' >statement.sql
SELECT nothing;
EOF
```

```sql
SELECT count(*) FROM artikles;
```

```python
kept = 1 / 0
```

```python
import asiatongsin

print(asiatongsin.open().articles("예산").count())
```

```
7 * * * *  asiatongsin sections >"$(date +%F).txt"
8 * * * *  asiatongsin sections >sections.txt
```
"""


def test_a_mistake_in_a_page_is_told_with_its_line(prepared: Prepared, server: str, tmp_path: Path) -> None:
    page = Document(tmp_path / "wrong.md", "en")
    page.path.write_text(WRONG, encoding="utf-8")
    with prepared.page(server, tmp_path) as (world, replica):
        told = run("wrong.md", steps(page), world, replica)
    found = {int(fault.split(":")[1]): fault for fault in told.faults}
    assert {line: fault.splitlines()[1].split(",")[0].strip() for line, fault in found.items()} == {
        4: "status 2",
        7: "status 2",
        10: "status 1",
        11: "status 127",
        12: "status 125",
        13: "status 125",
        14: "status 3",
        22: "status 3",
        26: "status 1",
        36: "status 1",
    }
    assert "no option --sinse" in found[4]
    assert "politics.cvs" in found[7]
    assert "the Makefile has no target supper" in found[12]
    assert "no extras {'sauce'}" in found[13]
    assert 'relation "artikles" does not exist' in found[22]
    assert "ZeroDivisionError" in found[26]
    assert (world.folder / "sections.txt").read_text(encoding="utf-8")
    assert len(told.ended) == 17


def test_so_many_lines_run_that_no_block_was_overlooked() -> None:
    found = [step for page in PAGES for step in steps(page)]
    assert len([step for step in found if step.kind == "sh"]) > 120
    assert len([step for step in found if "asiatongsin " in step.code]) > 50
    assert {step.kind for step in found} >= {"sh", "sql", "python", "cron"}
