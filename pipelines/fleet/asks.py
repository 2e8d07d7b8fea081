"""What people ask of the fleet: to crawl sites now, and machines to end."""

from __future__ import annotations

from collections.abc import Sequence

from psycopg import Connection

from asiatongsin.errors import ArgumentError
from asiatongsin.nearest import nearest
from asiatongsin.site import Site

_SITES = "SELECT site, paused_at IS NOT NULL, retired_at IS NOT NULL FROM sites"
_RUN = "UPDATE sites SET next_at = now() WHERE site = ANY(%s)"
_RUNNING = "SELECT machine FROM machines WHERE stopped_at IS NULL ORDER BY machine"

# One that is silent cannot say that it has ended. Where it comes back, it still sees that it was asked.
_STOP = """
UPDATE machines SET stop_asked_at = now(),
    stopped_at = CASE WHEN seen_at < now() - make_interval(secs => %s) THEN now() END
WHERE machine = ANY(%s)"""


def run_now(connection: Connection, given: Sequence[str]) -> list[str]:
    """Makes sites due now; returns their names. ArgumentError: none is changed then."""
    states = {site: (is_paused, is_retired) for site, is_paused, is_retired in connection.execute(_SITES)}
    sites = list(dict.fromkeys(_key(name) for name in given))
    for site in sites:
        if site not in states:
            hint = f"; the nearest is {nearest(site, states)}" if states else ""
            raise ArgumentError(f"{site} was never added{hint}: asiatongsin sites add https://{site} adds it")
        for is_so, how in zip(states[site], ("paused", "retired"), strict=True):
            if is_so:
                raise ArgumentError(f"{site} is {how}: asiatongsin sites resume {site} comes first")
    connection.execute(_RUN, [sites])
    return sites


def stop(connection: Connection, given: Sequence[str], silent_after: float) -> list[str]:
    """Asks machines to end, all that run where none is named; returns their names. ArgumentError.

    A silent one counts as ended from now on.
    """
    running = [machine for (machine,) in connection.execute(_RUNNING)]
    for name in given:
        if name not in running:
            hint = f"the machines are {', '.join(running)}" if running else "no machine is at work"
            raise ArgumentError(f"no worker runs on {name}; {hint}")
    asked = list(given) or running
    connection.execute(_STOP, [silent_after, asked])
    return asked


def _key(name: str) -> str:
    try:
        return Site.parse(name).key
    except ValueError as error:
        raise ArgumentError(str(error)) from None
