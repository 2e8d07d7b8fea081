"""Runs a re-parse to its end, whatever happens to it, and says how it went."""

from __future__ import annotations

from concurrent.futures import BrokenExecutor

from scrapy.settings import BaseSettings

from pipelines.archive.store import StoreTrouble
from pipelines.crawl_record import Outcome
from pipelines.database.errors import DatabaseUnreachable, DatabaseUnusable
from pipelines.disk import describe_error
from pipelines.exporters.batch import Exported
from pipelines.reparse.run import Reparse
from pipelines.verdict.decide import refused_by_database

GOES_ON = "the same command goes on where this one ended"
KILLED = "a process that read pages was killed, as the system does where memory runs out: free some or lower --jobs"


def run_to_end(reparse: Reparse, settings: BaseSettings, goes_on: str = GOES_ON) -> tuple[Outcome, str]:
    """Outcome and last line, in which `goes_on` says what is next. Pages that are not stored wait in the spool."""
    outcome, why = Outcome.ERROR, "interrupted; "
    try:
        reparse.run(settings)
        unread = "" if reparse.report.is_whole else "not all pages could be read"
        amiss = "; ".join(filter(None, [_refused(reparse), *reparse.report.elsewhere, unread]))
        outcome, why = (Outcome.ERROR, f"{amiss}; ") if amiss else (Outcome.OK, "")
    except (DatabaseUnreachable, DatabaseUnusable) as error:
        outcome, why = Outcome.SPOOLED, f"the database went away ({' '.join(str(error).split())}); "
    except StoreTrouble as error:
        reparse.report.store_trouble = str(error)
        why = f"{error}; "
    except BrokenExecutor:
        outcome, why = Outcome.ERROR, f"{KILLED}; "
    except OSError as error:
        why = f"{describe_error(error, reparse.job.where.data)}; "
    except KeyboardInterrupt:
        reparse.session.close()  # a query may still be running: nothing else could be sent behind it
    finally:
        if reparse.writing:
            outcome = reparse.writing.end(outcome, reparse.report.counts())
    if outcome is not Outcome.OK and reparse.writing and not reparse.is_done:
        why += f"{goes_on}; "
    return outcome, f"{outcome.word}: {why}{_counts(reparse)}"


def _refused(reparse: Reparse) -> str:
    written = reparse.writing.total if reparse.writing else Exported()
    return refused_by_database(written.refused, written.partial)


def _counts(reparse: Reparse) -> str:
    report, writing = reparse.report, reparse.writing
    refused = writing.total.refused if writing else 0
    written = f"{writing.total.pages - refused} written" if writing else "nothing is written"
    differ = f"{report.differing} differ from what is stored, {written}" if report.differing else "none differs"
    optional = {
        "refused by the database and kept in a file": refused,
        "written without a part that the database refused": writing.total.partial if writing else 0,
        "pages of sites without an article left alone": report.strangers,
        "revisits whose body is in none of the files": report.bodiless,
        "files left out: their crawl is running, or its pages wait in the spool": report.unfinished,
        "places in the files cannot be read, see above": report.damaged,
        "missing fields not looked for, since this run went on where another one ended: run it once more": (
            report.not_looked_for
        ),
    }
    parts = [f"{report.captures} captures read again", differ]
    parts += [f"found again: {name}" for name in report.found_again]
    return ", ".join(parts + [f"{number} {name}" for name, number in optional.items() if number])
