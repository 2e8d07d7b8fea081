"""The addresses of the web page, out of `pipelines/web/pages`."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

from pipelines.queries.changes import Kind
from pipelines.web import asking
from pipelines.web.page import Page
from pipelines.web.pages import PAGES
from tests.reference.address_notes import NOTES, PARAMETERS, SHOWS
from tests.reference.markdown import code, page, table
from tests.reference.words import Words

_READ = re.compile(r'query\.(?:text|number|choice|switch|lines|names)\(\s*"(\w+)"')
_EACH = re.compile(r"query\.text\(name\)[^\n]* for name in \(([^)]*)\)")
_PART = re.compile(r"\{(\w+)(?::[^{}]*(?:\{[^{}]*\})?[^{}]*)?\}")

ADDRESS = """\
```text
http://127.0.0.1:8010/search?q=전통시장&since=30d
http://127.0.0.1:8010/en/search?q=전통시장&since=30d
http://127.0.0.1:8010/search.csv?q=전통시장&since=30d
```"""


def path_of(one: Page) -> str:
    """Its path, as people write it: `/article/<site>/<no>`."""
    return _PART.sub(r"<\1>", one.path)


def parameters_read(one: Page) -> set[str]:
    """The parameters that the file of a page reads out of an address, those of other pages in it included."""
    module = inspect.getmodule(one.read)
    source = inspect.getsource(module) if module else ""
    found = {*_READ.findall(source), *(name for names in _EACH.findall(source) for name in re.findall(r"\w+", names))}
    by_others = {"chosen_site(asked": ["site"], " filters(asked": asking.NAMES, "query.switch(kind)": [*Kind]}
    return found | {name for call, names in by_others.items() if call in source for name in names}


def write(words: Words) -> str:
    """The page."""
    say = words.say
    return page(
        f"# {say('Addresses of the web page')}",
        words.text(
            "`asiatongsin serve` shows these pages.",
            "An address holds all that is asked for, so a bookmark keeps it.",
        ),
        ADDRESS,
        words.text(
            "The first address is Korean.",
            "The second one is English, with `/en` in front.",
            "The third one is a file, with `.json`, `.csv` or `.atom` behind the path.",
            "The file of the first page is `/index.json`.",
        ),
        words.text(
            "A parameter that makes no sense leads to the HTTP status 400 and a sentence that says what to write.",
            "What is not stored leads to 404, and a database that does not answer to 503.",
        ),
        f"## {say('All pages')}",
        table([say(title) for title in ("address", "what it shows", "formats")], (_row(one, words) for one in PAGES)),
        *(part for one in PAGES for part in _one(one, words)),
    )


def _row(one: Page, words: Words) -> list[str]:
    formats = ", ".join(code(f".{form}") for form in one.formats)
    return [code(path_of(one)), words.say(SHOWS[path_of(one)]), formats]


def _one(one: Page, words: Words) -> Iterator[str]:
    """What it takes; nothing where it takes nothing."""
    path = path_of(one)
    if not (path in PARAMETERS or path in NOTES):
        return
    yield f"## {code(path)}"
    yield words.say(NOTES.get(path, ""))
    if path in PARAMETERS:
        head = [words.say("parameter"), words.say("meaning")]
        yield table(head, ([code(name), words.quote(text)] for name, text in PARAMETERS[path].items()))
