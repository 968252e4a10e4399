"""``csr-operate`` beside the blocks of a pipeline: both see the same account."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from csr_templates.operating import environment
from tests.csr_templates.operating.conftest import OUT, Operator, isolate, opened
from tests.csr_templates.operating.stacks import CloudFormation


@contextmanager
def operated(folder: Path) -> Iterator[Operator]:
    """Yield someone who types commands for production, in moto."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        isolate(monkeypatch)
        with opened(CloudFormation(environment.read(OUT, "prod")), folder) as world:
            yield Operator(world, monkeypatch)
