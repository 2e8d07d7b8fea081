"""Settings of a user on top of ours, with a stage before the spool and one behind it: docs/en/how-to/embedding.md."""

from asiatongsin.settings import *  # noqa: F403
from asiatongsin.settings import ITEM_PIPELINES as OURS

ITEM_PIPELINES = {**OURS, "tests.faults.failing.DroppingStage": 250, "tests.faults.failing.DroppingLate": 950}

ONLY_LONGER_THAN = 500
"""A setting of a stage of the user's, which `-s` may change."""
