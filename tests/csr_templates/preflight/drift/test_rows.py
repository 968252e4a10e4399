"""The results about drift: what differs and what it does, what is expected, and what is not known."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from cfnlint.jsonschema import StandardValidator

from csr_templates.cli import account_facts, folders
from csr_templates.cli import main as command_line
from csr_templates.operating.command_line import COMMANDS
from csr_templates.preflight.drift import comparable, detection, expected
from csr_templates.preflight.services import listing
from tests.csr_templates.preflight.drifting_account import DriftingAccount, changed
from tests.csr_templates.preflight.services.conftest import CUSTOM, built, environment_of
from tests.csr_templates.preflight.services.recorded_account import SECRETS, AwsError

ENVIRONMENT = environment_of("prod", CUSTOM)
SCHEMA = json.loads(files("csr_templates.preflight").joinpath("report.schema.json").read_text("utf-8"))
API = next(stack.deployed_name for stack in ENVIRONMENT.stacks if stack.name == "api")
Verify = Callable[..., tuple[int, str]]


@pytest.fixture
def account() -> DriftingAccount:
    """An account without changes by hand."""
    return DriftingAccount(ENVIRONMENT)


@pytest.fixture
def verify(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], account: DriftingAccount
) -> Verify:
    """Runs the command for production, with drift detection."""
    folder = built()
    values = {stack.name: dict(stack.values) for stack in ENVIRONMENT.stacks}
    monkeypatch.setattr(folders, "read_built", lambda path: folder._replace(environments={"prod": values}))
    monkeypatch.setattr(account_facts, "CheckedAccount", lambda profile: account)
    monkeypatch.setattr(detection, "_SECONDS", 0.0)

    def run(*arguments: str) -> tuple[int, str]:
        code = command_line.main(["verify", "prod", "--detect-drift", *arguments])
        return code, capsys.readouterr().out

    return run


def change(account: DriftingAccount, stack: str, logical_id: str, *steps: str | int, value: Any) -> None:
    """Change a property by hand."""
    of_environment = ENVIRONMENT.stack(stack)
    assert of_environment is not None
    properties = account.properties(of_environment, logical_id)
    account.actual[stack, logical_id] = changed(properties, steps, value)


def test_an_untouched_account_passes(verify: Verify) -> None:
    """What CloudFormation cannot compare is listed once for each stack, and is no fault."""
    code, out = verify("--format", "json")
    document = json.loads(out)
    results = [
        entry
        for entry in document["results"]
        if entry["check"] in ("drift", "not-comparable") and "Performance Insights" not in entry["sentence"]
    ]

    assert code == 0
    assert {(entry["check"], entry["status"]) for entry in results} == {
        ("drift", "PASS"),
        ("not-comparable", "SKIP"),
    }
    assert len(results) == 2 * len(ENVIRONMENT.stacks)
    sentences = " ".join(entry["sentence"] for entry in results)
    for type_name in ("AWS::SNS::TopicPolicy", "AWS::EC2::NetworkAclEntry", "AWS::SecretsManager::Secret"):
        assert sentences.count(type_name) >= 1
    assert "Code of ApiFunction" in sentences
    assert "MasterUserPassword of DatabaseCluster" in sentences
    assert [error.message for error in StandardValidator(SCHEMA).iter_errors(document)] == []


@pytest.mark.parametrize(
    ("place", "value", "sentence"),
    [
        (
            ("database", "DatabaseCluster", "DeletionProtection"),
            "false",
            "DatabaseCluster was changed: /DeletionProtection is false instead of true. Unguarded: "
            "DatabaseCluster: DeletionProtection is false: it can be deleted.",
        ),
        (
            ("frontend", "SiteBucket", "PublicAccessBlockConfiguration", "BlockPublicPolicy"),
            False,
            "SiteBucket was changed: /PublicAccessBlockConfiguration/BlockPublicPolicy is false instead of "
            "true. ",
        ),
        (
            ("api", "ApiFunction", "Timeout"),
            3,
            "ApiFunction was changed: /Timeout is 3 instead of 28. What it does is not judged.",
        ),
    ],
)
def test_a_change_is_said_in_the_words_of_the_review(
    verify: Verify, account: DriftingAccount, place: tuple[str, ...], value: Any, sentence: str
) -> None:
    """The exit status is 1, also for a change that the review does not judge."""
    stack, logical_id, *steps = place
    change(account, stack, logical_id, *steps, value=value)
    code, out = verify()

    assert code == 1
    assert f"FAIL    drift:{logical_id} [{stack}]\n        {sentence}" in out


@pytest.mark.parametrize(
    ("place", "value", "reason"),
    [
        (("frontend", "BlockedIPv4Set", "Addresses"), ["192.0.2.1/32"], "block-address adds addresses"),
        (("api", "OriginApiKeyA", "Enabled"), "false", "stop-api changes it"),
        (("api", "ApiFunctionAlias", "FunctionVersion"), "6", "roll-back changes it"),
        (("network", "PrivateDefaultRoute1", "NatGatewayId"), "nat-0a1b2c", "reroute-zone changes it"),
    ],
)
def test_what_operators_change_is_expected(
    verify: Verify, account: DriftingAccount, place: tuple[str, ...], value: Any, reason: str
) -> None:
    """It is shown with its reason only if the report is verbose."""
    stack, logical_id, *steps = place
    change(account, stack, logical_id, *steps, value=value)
    code, out = verify()

    assert (code, reason in out) == (0, False)
    code, out = verify("--verbose")
    assert code == 0
    assert f"        {logical_id} [{stack}] {logical_id} differs as expected: " in out
    assert reason in out
    assert reason in verify("--verbose", "--format", "markdown")[1]


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("frontend", "BlockedIPv4Set", "IPAddressVersion"), "IPV6"),
        (("api", "ApiFunctionAlias", "FunctionVersion"), "$LATEST"),
        (("network", "PrivateDefaultRoute1", "DestinationCidrBlock"), "10.0.0.0/8"),
        (("frontend", "WebACL", "DefaultAction"), {"Block": {}}),
    ],
)
def test_only_the_value_and_the_place_of_a_command_are_expected(
    verify: Verify, account: DriftingAccount, place: tuple[str, ...], value: Any
) -> None:
    """Other values, and other properties of the same resource, are changes by hand."""
    stack, logical_id, *steps = place
    change(account, stack, logical_id, *steps, value=value)

    code, out = verify()
    assert code == 1
    assert f"FAIL    drift:{logical_id} [{stack}]" in out


def test_every_expected_place_is_one_of_a_command_and_a_check() -> None:
    """The reasons name what exists."""
    commands = {command.name for command in COMMANDS}
    checks = {check.name for check in listing.AFTER_DEPLOY}

    assert {place.command for place in expected.OPERATED} <= commands
    assert {place.check for place in expected.OPERATED} <= checks


def test_a_deleted_resource_fails(verify: Verify, account: DriftingAccount) -> None:
    """Its data is lost, whatever the deletion policy of the template says."""
    account.actual["database", "DatabaseCluster"] = None
    code, out = verify()

    assert code == 1
    assert "DatabaseCluster was deleted. " in out
    assert verify("--ignore", "drift")[0] == 0
    assert verify("--ignore", "drift:DatabaseCluster")[0] == 0


def test_what_was_not_compared_is_no_pass(verify: Verify, account: DriftingAccount) -> None:
    """A failed detection is unknown, and what it found is reported."""
    account.failed[API] = "Internal failure"
    account.unread["ApiFunction"] = "Access denied: lambda:GetFunction"
    change(account, "api", "FunctionLogGroup", "RetentionInDays", value=7)
    code, out = verify()

    assert code == 1
    assert "failed: Internal failure." in out
    assert "UNKNOWN drift:ApiFunction [api]\n        ApiFunction could not be compared: Access denied" in out
    assert "FunctionLogGroup was changed: /RetentionInDays is 7 instead of " in out


@pytest.mark.parametrize(
    ("operation", "sentence"),
    [
        (
            "DetectStackDrift",
            "cloudformation:DetectStackDrift and cloudformation:DetectStackResourceDrift is not permitted",
        ),
        ("DescribeStackResourceDrifts", "cloudformation:DescribeStackResourceDrifts is not permitted"),
    ],
)
def test_a_missing_permission_names_the_policy(
    verify: Verify, account: DriftingAccount, operation: str, sentence: str
) -> None:
    """The result is unknown."""

    def denied(query: Any, answer: Any) -> Any:
        if query.operation == operation:
            raise AwsError("denied")
        return answer

    account.change = denied
    code, out = verify()

    assert code == 1
    assert sentence in out
    assert "Attach operator-policies/detect-drift.json of the output folder" in out


def test_a_detection_that_compared_nothing_is_unknown(verify: Verify, account: DriftingAccount) -> None:
    """The status of the detection alone is not enough."""

    def nothing(query: Any, answer: Any) -> Any:
        if query.operation == "DescribeStackResourceDrifts":
            return {"StackResourceDrifts": []}
        return answer

    account.change = nothing
    code, out = verify()

    assert code == 1
    assert f"UNKNOWN drift:{API} [api]\n        CloudFormation compared no resource of {API}." in out


def test_only_the_value_of_a_secret_is_expected(verify: Verify, account: DriftingAccount) -> None:
    """The value of the header passes; another header, and another origin, do not."""
    properties = account.properties(_stack("frontend"), "Distribution")
    origins = properties["DistributionConfig"]["Origins"]
    ((number, headers),) = [
        (number, origin["OriginCustomHeaders"])
        for number, origin in enumerate(origins)
        if "OriginCustomHeaders" in origin
    ]
    place = ("DistributionConfig", "Origins", number)
    change(
        account,
        "frontend",
        "Distribution",
        *place,
        "OriginCustomHeaders",
        0,
        "HeaderValue",
        value=SECRETS[0],
    )
    code, out = verify("--verbose")
    assert code == 0
    assert "HeaderValue: the template has a reference to a secret" in out

    more = [*headers, {"HeaderName": "x-more", "HeaderValue": "1"}]
    change(account, "frontend", "Distribution", *place, "OriginCustomHeaders", value=more)
    code, out = verify()
    assert code == 1
    assert f"/DistributionConfig/Origins/{number}/OriginCustomHeaders/1 was added: " in out
    change(account, "frontend", "Distribution", *place, "DomainName", value="elsewhere.example.com")
    code, out = verify()
    assert code == 1
    assert f"/DistributionConfig/Origins/{number}/DomainName is " in out


def test_a_stack_that_is_updated_is_skipped_and_said(verify: Verify, account: DriftingAccount) -> None:
    """Its state is the fault of another check."""
    account.status[API] = "UPDATE_IN_PROGRESS"
    _, out = verify()

    assert f"SKIP    drift:{API} [api]\n        The drift of {API} was not detected: the stack is in " in out


def test_a_deploy_meanwhile_makes_the_result_unknown(verify: Verify, account: DriftingAccount) -> None:
    """What was found could be of the state before the deploy."""

    def deployed(query: Any, answer: Any) -> Any:
        if query.operation == "DescribeStacks":
            for stack in answer["Stacks"]:
                stack["LastUpdatedTime"] = datetime.now(UTC) + timedelta(minutes=1)
        return answer

    account.change = deployed
    code, out = verify()

    assert code == 1
    assert f"{API} was deployed while its drift was detected" in out


def test_saved_facts_give_the_same_report(verify: Verify, account: DriftingAccount, tmp_path: Path) -> None:
    """Without AWS, and without the values of secrets; facts without a detection are unknown."""
    change(account, "database", "DatabaseCluster", "MasterUserPassword", value=SECRETS[0])
    change(account, "api", "ApiFunction", "Timeout", value=3)
    path = tmp_path / "facts.json"
    code, out = verify("--save-facts", str(path))

    assert code == 1
    asked = len(account.asked)
    assert verify("--facts", str(path)) == (code, out)
    assert len(account.asked) == asked
    assert SECRETS[0] not in path.read_text("utf-8") + out
    document = json.loads(path.read_text("utf-8"))
    document["facts"] = [fact for fact in document["facts"] if "Drift" not in fact["operation"]]
    path.write_text(json.dumps(document), "utf-8")
    code, out = verify("--facts", str(path))
    assert code == 1
    assert "Unknown: 4 (not in the saved facts)" in out


def test_what_is_not_comparable_follows_from_the_schemas() -> None:
    """Types without a read handler or with a secret, and properties that reading does not return."""
    region = "ap-northeast-1"
    assert not comparable.is_comparable("AWS::SNS::TopicPolicy", region)
    assert not comparable.is_comparable("AWS::SecretsManager::Secret", region)
    assert comparable.is_comparable("AWS::Lambda::Function", region)
    resource = {
        "Type": "AWS::S3::Bucket",
        "Properties": {
            "LifecycleConfiguration": {"Rules": [{"Id": "a"}, {"ExpiredObjectDeleteMarker": True}]},
            "BucketEncryption": [{"KMSKeyId": "k"}],
        },
    }
    assert comparable.uncompared(resource, region) == [
        "LifecycleConfiguration/Rules/*/ExpiredObjectDeleteMarker",
        "BucketEncryption/*/KMSKeyId",
    ]


def _stack(name: str) -> Any:
    stack = ENVIRONMENT.stack(name)
    assert stack is not None
    return stack
