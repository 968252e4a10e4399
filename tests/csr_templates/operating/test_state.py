"""What runs, and what ran: states, stacks, addresses, deleted stacks and manual changes."""

from typing import Any

import pytest

from tests.system import PROJECT

from . import databases
from .conftest import Operator, Run
from .recorded import FAULTS
from .stacks import PREFIX, UPDATED


@pytest.fixture
def deployed(operator: Operator) -> Operator:
    """Production with everything that show-state reads."""
    operator.world.create_function()
    operator.world.create_site()
    operator.world.create_distribution()
    databases.deploy(operator.world)
    return operator


def site(run: Run) -> str:
    """Return the line of the site."""
    (line,) = [line for line in run.out if line.startswith("Site: ")]
    return line


def test_a_healthy_environment_has_no_mark(deployed: Operator) -> None:
    """The first line names environment, account and caller; then stacks, alarms, package and site."""
    run = deployed.run("show-state")

    assert (run.status, run.err) == (0, [])
    assert run.out[0] == f"{PREFIX}  account 123456789012  user/moto"
    assert "  network   UPDATE_COMPLETE  2026-11-25 10:30:00 JST" in run.out
    assert "Alarms in ap-northeast-1: none in the state ALARM" in run.out
    (package,) = [line for line in run.out if line.startswith("Package: Lambda version 3, published ")]
    assert package.endswith(" JST, package 3")
    assert site(run).startswith("Site: index.html of 20")
    assert not [line for line in run.out if line.startswith("!")]


def test_what_is_wrong_is_marked(deployed: Operator) -> None:
    """A failed rollback, and an alarm that fires; an alarm of another environment is not shown."""
    deployed.world.stacks.stacks["api"].status = "UPDATE_ROLLBACK_FAILED"
    deployed.world.create_alarm(f"{PREFIX}-aurora-cpu")
    deployed.world.create_alarm(f"{PROJECT}-dev-aurora-cpu")

    marked = [line for line in deployed.run("show-state").out if line.startswith("!")]

    assert marked[0].split() == ["!", "api", "UPDATE_ROLLBACK_FAILED", "2026-11-25", "10:30:00", "JST"]
    assert marked[1].startswith(f"!  {PREFIX}-aurora-cpu  20")
    assert len(marked) == 2


def test_a_stack_that_does_not_exist_is_marked_and_not_asked(deployed: Operator) -> None:
    """As before the first deploy of frontend."""
    del deployed.world.stacks.stacks["frontend"]

    run = deployed.run("show-state")

    assert run.status == 0
    assert "!  frontend  does not exist" in run.out
    assert "s3:ListObjectVersions" not in run.called


@pytest.mark.parametrize("fault", FAULTS)
def test_what_cannot_be_read_is_unknown_and_the_rest_is_shown(deployed: Operator, fault: str) -> None:
    """The reason stands at the end, with the call, and the status is 1."""
    deployed.world.recorder.failing["lambda:GetAlias"] = FAULTS[fault]()

    run = deployed.run("show-state")

    assert run.status == 1
    assert "Package: unknown" in run.out
    assert site(run).startswith("Site: index.html of 20")
    (why,) = run.err
    assert "lambda:GetAlias" in why
    assert "Error" not in why


def test_a_deleted_page_is_not_one_that_was_never_uploaded(deployed: Operator) -> None:
    """A versioned bucket keeps the time of the deletion."""
    bucket = deployed.world.name("SiteBucket")
    region = deployed.world.environment.stack_of("SiteBucket").region
    deployed.world.client("s3", region).delete_object(Bucket=bucket, Key="index.html")

    assert site(deployed.run("show-state")).startswith("Site: no index.html: deleted at 20")


def test_stacks_of_the_environment_are_listed(operator: Operator) -> None:
    """Also a deleted one, with the time of its deletion, and not those of others."""
    operator.world.stacks.stacks["api"].status = "DELETE_COMPLETE"

    run = operator.run("show-stacks")

    assert run.status == 0
    assert [line.split()[0] for line in run.out[1:]] == [
        "stack", f"{PREFIX}-network", f"{PREFIX}-database", f"{PREFIX}-api",
        f"{PREFIX}-frontend",
    ]  # fmt: skip
    assert run.out[4].endswith("DELETE_COMPLETE  2026-11-01 10:30:00 JST  2026-11-25 10:30:00 JST")


def test_a_region_that_does_not_answer_is_unknown(operator: Operator) -> None:
    """The stacks of the other region are listed."""
    operator.world.recorder.failing["cloudformation:ListStacks"] = FAULTS["denied"]()

    run = operator.run("show-stacks")

    assert run.status == 1
    assert run.out[2].split() == ["ap-northeast-1", "unknown"]
    assert run.out[3].split()[0] == f"{PREFIX}-frontend"
    assert run.err == [
        "The credentials do not allow cloudformation:ListStacks. (User: x is not authorized to perform: y)"
    ]


# ---- Addresses, deleted stacks, drift ----


def test_addresses_of_all_stacks(operator: Operator) -> None:
    """Outputs that are an address, with their stack; a stack that does not exist is named."""
    stacks = operator.world.stacks.stacks
    stacks["network"].outputs = {"NatGateway1Address": "192.0.2.1", "VPCId": "vpc-1"}
    stacks["database"].outputs = {"DatabaseClusterEndpoint": "db.example.com", "DatabasePort": "3306"}
    stacks["frontend"].outputs = {"CloudFrontDistributionURL": "https://d1.cloudfront.net"}
    del stacks["api"]

    run = operator.run("show-addresses")

    assert (run.status, run.err) == (0, [])
    assert [line.split() for line in run.out[2:]] == [
        ["network", "NatGateway1Address", "192.0.2.1"],
        ["database", "DatabaseClusterEndpoint", "db.example.com"],
        ["database", "DatabasePort", "3306"],
        ["api", "does", "not", "exist"],
        ["frontend", "CloudFrontDistributionURL", "https://d1.cloudfront.net"],
    ]


@pytest.mark.parametrize(("more", "template"), [("", "out/api.yaml"), ("# new", "a different one")])
def test_a_deleted_stack_shows_package_and_template(operator: Operator, more: str, template: str) -> None:
    """Whether its template is that of the output folder; a last line break does not count."""
    stack = operator.world.stacks.stacks["api"]
    stack.status = "DELETE_COMPLETE"
    stack.parameters["LambdaCodeS3ObjectVersion"] = "version-7"
    stack.template = stack.stack.template.read_text("utf-8").rstrip("\n") + more

    run = operator.run("show-deleted-stacks", "api")

    assert (run.status, run.err) == (0, [])
    (row,) = run.out[2:]
    assert row.startswith("  2026-11-25 10:30:00 JST  version-7  ")
    assert f"{template}  arn:aws:cloudformation:" in row


def test_a_stack_that_was_not_deleted_is_no_empty_list(operator: Operator) -> None:
    """AWS forgets a deleted stack after 90 days."""
    run = operator.run("show-deleted-stacks", "database")

    assert run.err == [f"There is no deleted stack {PREFIX}-database. AWS lists a deleted stack for 90 days."]


def drifted(logical_id: str, *differences: tuple[str, str], status: str = "") -> dict[str, Any]:
    """Return a resource that was changed manually, or one with a status."""
    return {
        "StackId": "arn",
        "LogicalResourceId": logical_id,
        "ResourceType": "AWS::RDS::DBInstance",
        "StackResourceDriftStatus": status or ("MODIFIED" if differences else "DELETED"),
        "Timestamp": UPDATED,
        "PropertyDifferences": [
            {"PropertyPath": path, "ExpectedValue": "1", "ActualValue": "2", "DifferenceType": kind}
            for path, kind in differences
        ],
    }


KEY = ("/PerformanceInsightsKMSKeyId", "REMOVE")


def test_manual_changes_are_found(operator: Operator) -> None:
    """On all pages; an instance that lacks nothing but the key of Performance Insights is left out."""
    operator.world.stacks.stacks["database"].drifts = [
        [
            drifted("DatabaseInstance1", KEY),
            drifted("DatabaseInstance2", KEY, ("/DBInstanceClass", "NOT_EQUAL")),
        ],
        [drifted("DatabaseCluster")],
    ]

    run = operator.run("find-drift", "database", "network")

    assert (run.status, run.err) == (0, [])
    start = run.out.index("Differences of database: 3")
    assert [line.split()[:4] for line in run.out[start + 2 : start + 5]] == [
        ["DatabaseInstance2", "MODIFIED", *KEY],
        ["DatabaseInstance2", "MODIFIED", "/DBInstanceClass", "NOT_EQUAL"],
        ["DatabaseCluster", "DELETED"],
    ]
    assert run.out[-1] == "Differences of network: none"


@pytest.mark.parametrize("kinds", [[(KEY[0], "NOT_EQUAL")], [("/MonitoringRoleArn", "REMOVE")]])
def test_other_drift_of_an_instance_is_shown(operator: Operator, kinds: list[tuple[str, str]]) -> None:
    """Another key, or another property."""
    operator.world.stacks.stacks["database"].drifts = [[drifted("DatabaseInstance1", *kinds)]]

    assert "Differences of database: 1" in operator.run("find-drift", "database").out


def test_what_was_not_compared_is_named(operator: Operator) -> None:
    """A resource that CloudFormation could not compare is not one without differences."""
    stacks = operator.world.stacks.stacks
    stacks["database"].drifts = [
        [drifted("DatabaseCluster", status="IN_SYNC"), drifted("DatabaseSecret", status="UNKNOWN")],
        [drifted("DatabaseErrorLogGroup", status="UNSUPPORTED")],
    ]
    stacks["api"].drifts = [[drifted("ApiFunction", status="NOT_CHECKED")]]

    run = operator.run("find-drift", "database", "api")

    assert (run.status, run.err) == (1, ["Not every resource could be compared of: api."])
    start = run.out.index("Differences of database: none")
    assert run.out[start + 1] == (
        "Not compared of database: DatabaseSecret (UNKNOWN), DatabaseErrorLogGroup (UNSUPPORTED)"
    )
    assert run.out[-1] == "! Differences of api: not known, because no resource was compared"


def test_drift_that_cannot_be_read_hides_nothing(operator: Operator) -> None:
    """The results of the other resources, and of the other stacks, are shown."""
    api = operator.world.stacks.stacks["api"]
    api.detection = ("DETECTION_FAILED", "No permission for WebACL")
    api.drifts = [[drifted("ApiFunction")]]

    run = operator.run("find-drift")

    assert (run.status, run.err) == (1, ["Not every resource could be compared of: api."])
    assert any(line.endswith("DETECTION_FAILED: No permission for WebACL") for line in run.out)
    assert "Differences of api: 1" in run.out
    assert run.out[-1] == "Differences of frontend: none"


def test_a_detection_that_goes_on_is_waited_for(operator: Operator) -> None:
    """AWS can give a reason for each status, also for that."""
    api = operator.world.stacks.stacks["api"]
    api.earlier_detections = [("DETECTION_IN_PROGRESS", ""), ("DETECTION_IN_PROGRESS", "Many resources")]

    run = operator.run("find-drift", "api")

    assert (run.status, run.err) == (0, [])
    assert run.out[-1] == "Differences of api: none"


def test_a_stack_whose_detection_cannot_start_leaves_the_others(operator: Operator) -> None:
    """It is marked."""
    operator.world.recorder.failing["cloudformation:DetectStackDrift"] = FAULTS["throttled"]()

    run = operator.run("find-drift")

    assert run.status == 1
    assert "! network: unknown" in run.out
    assert run.out[-1] == "Differences of frontend: none"
