"""The prices of the package, small stacks, and their cost."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from cfn_analysis.model.built_stack import BuiltStack
from csr_templates.costs import prices as saved
from csr_templates.costs.estimate import Estimate, estimate
from csr_templates.costs.prices import Prices
from csr_templates.hand_over import built_folder
from csr_templates.hand_over.built_folder import BuiltFolder

OUT = Path(__file__).resolve().parents[3] / "out"


@pytest.fixture(scope="session")
def prices() -> Prices:
    """The prices of the package."""
    return saved.read()


@pytest.fixture(scope="session")
def folder() -> BuiltFolder:
    """Our output folder."""
    return built_folder.read(lambda name: (OUT / name).read_bytes(), "out")


def stack(resources: Mapping[str, Any], region: str = "ap-northeast-1", **sections: Any) -> BuiltStack:
    """Return a stack with some resources."""
    return BuiltStack("site", "site.yaml", region, {"Resources": resources, **sections})


def cost(resources: Mapping[str, Any], region: str = "ap-northeast-1", **sections: Any) -> Estimate:
    """Return the cost of a stack with some resources."""
    return estimate("", [stack(resources, region, **sections)], {}, saved.read())
