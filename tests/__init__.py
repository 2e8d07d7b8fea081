"""The tests, and what they run against."""

import os
import sys

# Else each process of a run rewrites all tests again, 7 of its 14 CPU-seconds until the first one runs (2026-12-01).
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
