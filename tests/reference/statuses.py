"""The exit statuses of the commands, and the outcomes of crawls."""

from __future__ import annotations

from pipelines.crawl_record import NEEDS_A_PERSON, ExitStatus, Outcome
from pipelines.web.outcomes import MEANINGS
from tests.reference.markdown import code, page, plain, table
from tests.reference.words import Words

DATA = {
    ExitStatus.DONE: "All that came is stored.",
    ExitStatus.FAULT: "What the error does not concern is stored. A page that the database refused is kept in the"
    " folder `refused` of the data folder.",
    ExitStatus.USAGE: "Nothing has changed.",
    ExitStatus.SPOOLED: "Nothing is lost. Pages wait in the spool, or lists were not walked to their end.",
    ExitStatus.UNREACHABLE: "What came before is stored.",
    ExitStatus.DRIFT: "What could be read is stored. The other pages are kept.",
    ExitStatus.OVERLAPPING: "This run has stored nothing. The other crawl goes on.",
}
"""What a status means for the data."""

TO_DO = {
    ExitStatus.DONE: "Nothing.",
    ExitStatus.FAULT: "Read the last line and the log. Where it is a fault of the program, report it.",
    ExitStatus.USAGE: "Mend what the last line names: an argument, a setting, a right of the database, or the disk.",
    ExitStatus.SPOOLED: "Bring the database back. The next crawl or `asiatongsin drain` stores the pages, and the next"
    " crawl walks the lists.",
    ExitStatus.UNREACHABLE: "Wait: the next crawl asks for the rest. Where it lasts, see whether a browser opens the"
    " site.",
    ExitStatus.DRIFT: "Follow [A changed layout](../how-to/layout.md). The last line names the field and a page.",
    ExitStatus.OVERLAPPING: "Nothing. Where it happens often, crawl this site less often.",
}
"""What the operator does about it."""

_ALL = tuple(ExitStatus)
_USUAL = (ExitStatus.DONE, ExitStatus.USAGE)
_WITH_FAULT = (ExitStatus.DONE, ExitStatus.FAULT, ExitStatus.USAGE)

USED: dict[str, tuple[int, ...]] = {
    "crawl": _ALL,
    "gaps --fetch": _ALL,
    "gaps": _USUAL,
    "drain": (*_WITH_FAULT, ExitStatus.SPOOLED),
    "reparse": (*_WITH_FAULT, ExitStatus.SPOOLED),
    "archive": _WITH_FAULT,
    "read": (*_USUAL, ExitStatus.UNREACHABLE),
    "sites": (*_USUAL, ExitStatus.UNREACHABLE),
    "status": (ExitStatus.DONE, NEEDS_A_PERSON, ExitStatus.USAGE),
    "fleet": (ExitStatus.DONE, NEEDS_A_PERSON, ExitStatus.USAGE),
    "backup": _USUAL,
    "changes": _USUAL,
    "diff": _USUAL,
    "export": _USUAL,
    "index": _USUAL,
    "migrate": _USUAL,
    "search": _USUAL,
    "sections": _USUAL,
    "serve": _USUAL,
    "shell": _USUAL,
    "sql": _USUAL,
    "summary": _USUAL,
}
"""With what each command may end."""

OWN_MEANINGS = {
    "status": "`1` says that something needs a person.",
    "fleet": "`1` says that `asiatongsin fleet status` found something that needs a person.",
    "archive": "`1` says that not all was done, or that a file differs from its copy.",
    "reparse": "`1` says that some pages were not read, or with `--fleet` that some files cannot be reached.",
    "read": "`2` says that the page is no article, and `4` that it did not come.",
    "sites": "`2` says that a site is of another kind, and `4` that one does not answer.",
    "sql": "Where it opens psql, it ends with the status of psql.",
}
"""What a status means for one command, where that differs."""


def write(words: Words) -> str:
    """The page."""
    say = words.say
    return page(
        f"# {say('Exit statuses')}",
        words.text(
            "A command ends with a number, which cron, systemd and scripts read.",
            "The last line on standard error says the same in words.",
            "Where several things are wrong, the worst of them decides the number.",
        ),
        f"## {say('What each status means')}",
        _statuses(words),
        f"## {say('Which command ends with which status')}",
        _commands(words),
        say("Each command also ends with 1 where the program itself fails."),
        f"## {say('When something needs a person')}",
        say("`asiatongsin status` ends with {} where something needs a person.", code(NEEDS_A_PERSON)),
        words.text(
            "It prints a line for each reason.",
            "With `--quiet` it prints nothing else, so cron sends a mail only where there is a reason.",
            "Example: there was no good crawl for two days, or the database cannot be reached.",
        ),
        f"## {say('Outcomes of crawls')}",
        say("The column {} of `crawls` keeps how a crawl ended, as a word.", "[`outcome`](tables.md#crawls)"),
        _outcomes(words),
    )


def _statuses(words: Words) -> str:
    head = [words.say(title) for title in ("status", "meaning", "for the data", "what to do")]
    rows = [
        [code(int(one)), plain(words.quote(one.meaning)), words.quote(DATA[one]), words.quote(TO_DO[one])]
        for one in ExitStatus
    ]
    return table(head, rows)


def _commands(words: Words) -> str:
    head = [words.say(title) for title in ("command", "statuses", "what is special")]
    rows = [
        [
            code(f"asiatongsin {name}"),
            ", ".join(code(int(status)) for status in statuses),
            words.quote(OWN_MEANINGS.get(name, "")),
        ]
        for name, statuses in USED.items()
    ]
    return table(head, rows)


def _outcomes(words: Words) -> str:
    statuses = {one.word: code(int(one.status)) for one in Outcome}
    head = [words.say(title) for title in ("word", "status", "meaning")]
    rows = [[_word(word), statuses.get(word, ""), plain(words.quote(text))] for word, text in MEANINGS.items()]
    return table(head, rows)


def _word(word: str) -> str:
    return code("NULL" if word not in {one.word for one in Outcome} else word)
