"""The list of stacks matches the templates."""

import json
import re
from typing import Any

import pytest

from csr_templates import STACKS, Stack, frontend, subset
from csr_templates.reference.alarms import severity


@pytest.mark.parametrize("stack", STACKS, ids=lambda stack: stack.name)
def test_stack(stack: Stack, templates: dict[str, dict[str, Any]]) -> None:
    """A stack reads only from stacks before it. The values of each deploy are parameters of the template."""
    assert set(stack.reads_from) <= {earlier.name for earlier in STACKS[: STACKS.index(stack)]}
    assert set(stack.per_deploy) <= set(templates[stack.name]["Parameters"])
    assert stack.source.name == f"{stack.name}.py"


@pytest.mark.parametrize("stack", STACKS, ids=lambda stack: stack.name)
def test_rollback_triggers(stack: Stack, templates: dict[str, dict[str, Any]]) -> None:
    """Rollback triggers are alarms of the stacks that a release changes: critical ones, or made for deploys.

    A rollback of the network or the database would undo more than the release changed.
    """
    resources = templates[stack.name]["Resources"]

    assert bool(stack.rollback_triggers) is (stack.name in ("api", "frontend"))
    for logical_id in stack.rollback_triggers:
        topics = resources[logical_id]["Properties"].get("AlarmActions", [])
        assert [severity(topic, resources) for topic in topics] in ([], ["critical"])


def test_a_subset_has_nothing_for_the_other_stacks() -> None:
    """Names, files, regions and sources are those of the system; the dashboards do not link to the others."""
    network, database, api = subset("network", "database", "api")

    assert [stack._replace(build=frontend.build) for stack in (network, database, api)] == [
        stack._replace(build=frontend.build) for stack in STACKS[:3]
    ]
    assert api.source == STACKS[2].source
    for stack in (network, database, api):
        text = json.dumps(stack.build().to_dict())
        assert "frontend" not in text
        assert "#dashboards/dashboard/${ProjectName}-${Environment}-database" in text
    (alone,) = subset("network")
    assert "${Environment}-database" not in json.dumps(alone.build().to_dict())
    assert subset(*(stack.name for stack in STACKS)) == STACKS


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (
            ("network", "databse"),
            "There is no stack databse. Did you mean 'database'? The stacks are: network, database, ",
        ),
        (("api",), "The stack api reads from network and database. Add these to the subset."),
    ],
)
def test_a_subset_that_cannot_work_is_refused(names: tuple[str, ...], message: str) -> None:
    """A stack needs those that it reads from."""
    with pytest.raises(ValueError, match=re.escape(message)):
        subset(*names)
