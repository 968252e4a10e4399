"""The bootstrap templates of a build, and the policies that they attach to each role."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cfn_analysis.model.rendering import load
from csr_templates.assembly.files import Assembly

Attached = Callable[[str, str, bool], list[dict[str, Any]]]
"""Stack, role (``pipeline`` or ``service``), whether it may delete -> policy documents."""


@pytest.fixture(scope="session")
def bootstraps(assembly: Assembly) -> dict[str, dict[str, Any]]:
    """Stack name -> the template that creates its roles."""
    return {
        Path(path).stem: load(content.decode("ascii"))
        for path, content in assembly.files.items()
        if path.startswith("bootstrap/")
    }


@pytest.fixture(scope="session")
def attached(bootstraps: dict[str, dict[str, Any]]) -> Attached:
    """The permissions of the roles after they are deployed."""

    def documents(stack: str, role: str, deleting: bool) -> list[dict[str, Any]]:
        return [
            resource["Properties"]["PolicyDocument"]
            for resource in bootstraps[stack]["Resources"].values()
            if resource["Type"] == "AWS::IAM::ManagedPolicy"
            and resource["Properties"]["Roles"] == [{"Ref": f"{role.title()}Role"}]
            and (deleting or "Condition" not in resource)
        ]

    return documents
