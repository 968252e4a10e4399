"""The database before a deploy: upgrades, and quotas that RDS does not return."""

from collections.abc import Mapping
from typing import Any

import pytest

from csr_templates.preflight.facts import Lookup
from csr_templates.preflight.services.listing import BEFORE_DEPLOY
from tests.csr_templates.preflight.conftest import Walk
from tests.csr_templates.preflight.faults import changed

from .before_deploy import sentences


@pytest.mark.parametrize(
    ("targets", "status", "remedy"),
    [
        (["wanted"], "WARN", "Follow docs/changes.md (A new engine version)."),
        (["newest", "other"], "FAIL", "Set DatabaseEngineVersion to old or newest or other."),
        (["other"], "FAIL", "Set DatabaseEngineVersion to old or other."),
        ([], "FAIL", "Set DatabaseEngineVersion to old."),
    ],
)
def test_an_upgrade_of_the_engine(walk: Walk, targets: list[str], status: str, remedy: str) -> None:
    """A version to which the deployed version can be upgraded is a warning, any other one a failure."""
    database = walk.world.environment.stack("database")
    assert database
    version = database.resources["DatabaseCluster"]["Properties"]["EngineVersion"]
    wanted = [one.replace("wanted", version) for one in targets]
    answers: Mapping[str, Any] = {
        "DescribeDBClusters": [{"EngineVersion": "old"}],
        "DescribeStacks": [{"StackStatus": "CREATE_COMPLETE"}],
        "ListStackResources": [{"LogicalResourceId": "DatabaseCluster", "PhysicalResourceId": "c"}],
    }
    offered = [{"Status": "available", "ValidUpgradeTarget": [{"EngineVersion": one} for one in wanted]}]

    class Answers(Lookup):
        def __call__(self, query: Any) -> Any:
            return answers.get(query.operation, offered)

    (check,) = [one for one in BEFORE_DEPLOY if one.name == "engine-version"]
    (subject,) = check.subjects(walk.world.environment)

    result = check.judge(subject, walk.world.environment, Answers(walk.states["ready"].facts))

    assert (result.status, result.remedy) == (status, remedy)


def test_a_quota_that_rds_does_not_return_is_a_warning(walk: Walk) -> None:
    """A missing quota does not count as available capacity."""
    for status, sentence in sentences(
        walk, "new", "database-quotas", changed("DescribeAccountAttributes", lambda _: [])
    ):
        if "takes no snapshot" in sentence:
            assert status == "PASS"
            continue
        assert status == "WARN"
        assert sentence.startswith("RDS does not return the quota DB") or "EventSubscriptions" in sentence


@pytest.mark.parametrize(
    ("used", "status", "sentence"),
    [
        (99, "PASS", "ManualClusterSnapshots: 99 used and 1 new, of 100 (RDS)."),
        (100, "WARN", "ManualClusterSnapshots: 100 used and 1 new, of 100 (RDS): 1 too many."),
    ],
)
def test_snapshots_before_deploys_are_counted(walk: Walk, used: int, status: str, sentence: str) -> None:
    """A deploy that does not change the database takes no snapshot, so that too many do not stop it."""
    quota = [{"AccountQuotaName": "ManualClusterSnapshots", "Used": used, "Max": 100}]
    results = sentences(
        walk, "ready", "database-quotas", changed("DescribeAccountAttributes", lambda _: quota)
    )

    assert (status, sentence) in results
