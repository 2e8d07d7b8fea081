"""Compiles, once for all processes of a run, what each of them would compile by itself."""

from __future__ import annotations

from compileall import compile_dir
from pathlib import Path

import pytest
from _pytest.assertion import rewrite

ROOT = Path(__file__).resolve().parent.parent
TESTS = ROOT / "tests"


def compile_all(config: pytest.Config) -> None:
    """Compiles the project, and its tests as pytest does it."""
    for folder in (ROOT / "asiatongsin", ROOT / "pipelines", TESTS):
        compile_dir(folder, quiet=1)
    for path in TESTS.rglob("test_*.py"):
        _rewrite(path, config)


def _rewrite(path: Path, config: pytest.Config) -> None:
    """What pytest does with a file of tests before it runs it. It has no public name for that."""
    compiled = rewrite.get_cache_dir(path) / (path.stem + rewrite.PYC_TAIL)
    if rewrite._read_pyc(path, compiled) is None:
        source_hash, code = rewrite._rewrite_test(path, config)
        rewrite._write_pyc(config.stash[rewrite.assertstate_key], code, source_hash, compiled)
