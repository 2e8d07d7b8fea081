"""Writes the reference out of the code: `make reference`."""

from __future__ import annotations

import sys

from tests.reference.pages import write_all


def main() -> None:
    """Status 1 where a sentence has no Korean words: it stands in English on the Korean page."""
    missing = write_all()
    for line in missing:
        print(line, file=sys.stderr)
    sys.exit(f"{len(missing)} sentences have no Korean words, see above" if missing else 0)


if __name__ == "__main__":
    main()
