"""The pages, and what their commands need."""

import os
import shutil
import sys

import pytest

from .pages import AUDIT, OPERATIONS, Page, read


@pytest.fixture(scope="session")
def operations() -> Page:
    """The operators' page in English."""
    return read(OPERATIONS)


@pytest.fixture(scope="session")
def audit() -> Page:
    """The page with the settings and the cost, in English."""
    return read(AUDIT)


def require_programs() -> None:
    """Skip what runs commands where their programs are missing, except in CI."""
    if sys.platform != "linux":
        pytest.skip("the commands need GNU date")
    missing = [program for program in ("bash", "jq") if shutil.which(program) is None]
    if missing and not os.environ.get("CI"):
        pytest.skip(f"not installed: {', '.join(missing)}")
    assert not missing, f"CI must run the commands of the pages, but lacks {', '.join(missing)}."
