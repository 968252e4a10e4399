"""The commands of the operators' pages: read as bash and the AWS CLI read them, and run where a mock can."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from cfn_analysis.model.rendering import load
from cfn_analysis.model.resolving import resolve
from csr_templates import STACKS
from tests.docs.aws_cli import Command, CommandError, parse
from tests.docs.pages import (
    BY_OPERATORS,
    CHANGES,
    CHANGES_JA,
    CHOICES,
    CHOSEN_SNAPSHOT,
    HAND_OVER,
    JAPANESE,
    LOAD,
    OPERATIONS,
    RECOVERY,
    ROOT,
    TOOLS,
    TYPED,
    Block,
    is_call,
    read,
    spans,
)
from tests.docs.pages import (
    commands as tools,
)
from tests.system import REGIONS

from .account import ACCOUNT
from .conftest import REST
from .conftest import RESTORE as RESTORING
from .replay import loaded, programs, run
from .world import (
    API_ID,
    NOT_RUN,
    RUN,
    TOKYO,
    VIRGINIA,
    WITHOUT_KEY,
    Session,
    Terminal,
    log_groups_of_cluster,
)

PREFIX = "csr-lambda-api-prod"
PAGE = read(OPERATIONS)
PAGES = [read(path) for path in TYPED]
BLOCKS = [block for page in PAGES for block in page.shell()]
CHAPTERS = list(dict.fromkeys(block.chapter for block in BLOCKS))
# Options that name a new resource.
NAMING = {
    ("cloudwatch", "put-alarm-mute-rule"): {"--name"},
    ("s3api", "create-bucket"): {"--bucket"},
    ("cloudformation", "create-stack"): {"--stack-name"},
    ("rds", "create-db-cluster-snapshot"): {"--db-cluster-snapshot-identifier"},
    ("rds", "restore-db-cluster-from-snapshot"): {"--db-cluster-identifier"},
    ("rds", "restore-db-cluster-to-point-in-time"): {"--db-cluster-identifier"},
    ("rds", "create-db-instance"): {"--db-instance-identifier"},
    ("rds", "modify-db-cluster"): {"--new-db-cluster-identifier"},
    ("rds", "modify-db-instance"): {"--new-db-instance-identifier"},
    ("rds", "delete-db-cluster"): {"--final-db-snapshot-identifier"},
}


def typed(*lines: str) -> Block:
    """Return calls that are on no page in this way."""
    return Block("", 1, "sh", "".join(f"{line}\n" for line in lines))


def called(blocks: Iterable[Block]) -> set[str]:
    """Return the names of the commands that blocks call."""
    lines = [line for block in blocks for line in block.text.splitlines() if is_call(line)]
    return {word for line in lines for word in line.split() if word in tools()}


ON_PAGES = called(
    block
    for path in (*TYPED, RECOVERY, HAND_OVER)
    for block in read(path).shell()
    if path != HAND_OVER or block.section == BY_OPERATORS
)
# Calls of commands that the pages only name in the text.
OTHERS = (
    "tools_help",
    "why_failed STACK",
    "show_changes CHANGE_SET",
    "same_secrets STACK",
    "cancel_update STACK",
    "wait_for_stack STACK",
    "show_logging_roles",
    "complete_cluster",
    'invalidate "/*"',
    "restore_zone ZONE",
    "drift frontend",
)


@pytest.fixture(scope="module")
def others(terminal: Terminal) -> dict[str, Session]:
    """Each command that no block calls, and those of the hand-over, typed into a new terminal."""
    blocks = [block for block in read(HAND_OVER).shell() if block.section == BY_OPERATORS]
    calls = [typed(line) for line in OTHERS]
    return {block.text.split()[0]: terminal.session(LOAD, [block]) for block in [*blocks, *calls]}


@pytest.fixture(scope="module")
def commands(sessions: dict[str, Session], others: dict[str, Session]) -> list[Command]:
    """Every command of AWS that the calls of the pages give."""
    return [command for session in [*sessions.values(), *others.values()] for command in session.seen]


@pytest.fixture(scope="module")
def every_command(commands: list[Command], recovery_sessions: dict[str, Session]) -> list[Command]:
    """Every command of the page, and of the page on recovery."""
    return [*commands, *(command for session in recovery_sessions.values() for command in session.seen)]


@pytest.fixture(scope="module")
def names(production: dict[str, dict[str, Any]]) -> dict[str, set[str]]:
    """Every text in production's stacks with its name, and the names of the stacks -> their regions."""
    found: dict[str, set[str]] = {}
    for stack in STACKS:
        for text in [f"{PREFIX}-{stack.name}", *texts(production[stack.name]["Resources"])]:
            if PREFIX in text:
                found.setdefault(text.replace("${RestApi}", API_ID), set()).add(stack.region)
        for resource in production[stack.name]["Resources"].values():
            for copy in resource["Properties"].get("ReplicaRegions", ()):
                found[resource["Properties"]["Name"]].add(copy["Region"])
    return found


def texts(node: Any) -> Iterator[str]:
    """Yield every text in a value."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, Mapping):
        for value in node.values():
            yield from texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from texts(value)


def mentioned(command: Command) -> Iterator[tuple[str, str]]:
    """Yield option and name for each name of production in a command's arguments."""
    for option, values in [("", list(command.arguments)), *command.options.items()]:
        for text in values:
            for word in re.split(r"[\s,=\"']|s3://|(?<=\d{12})/", text):
                if PREFIX in word and not word.startswith("arn:"):
                    yield option, re.sub(r"^https://(.+)\.s3\.[a-z0-9-]+\.amazonaws\.com/.*", r"\1", word)


def created(commands: list[Command]) -> set[str]:
    """Return the names that commands give."""
    return {
        value
        for command in commands
        for option in NAMING.get((command.service, command.name), ())
        for value in command.options.get(option, ())
    }


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_chapter_runs(chapter: str, sessions: dict[str, Session]) -> None:
    """The commands of a chapter, run in order, succeed: the CLI accepts each one."""
    session = sessions[chapter]

    assert session.err == ""
    assert session.status == 0


def test_commands_off_the_pages_run(others: dict[str, Session]) -> None:
    """So do those of the hand-over, and those that the pages name only in the text."""
    assert {name: (session.status, session.err) for name, session in others.items()} == dict.fromkeys(
        others, (0, "")
    )


def test_every_command_is_run(every_command: list[Command], others: dict[str, Session]) -> None:
    """Each command of tools.sh is called by a test, and each of its commands of AWS was given.

    What production does not have is tested without the mock (tests/csr_templates/hand_over).
    """
    there = {(command.service, command.name) for command in every_command}
    code = re.sub(r"\\\n\s*", "", TOOLS.read_text("utf-8"))
    written = set(re.findall(r'(?<![-\w])aws ([a-z0-9]+) (?!wait ")(?:wait )?([a-z0-9-]+) --region', code))

    assert set(tools()) == ON_PAGES | others.keys()
    assert written - there == {
        ("acm", "describe-certificate"),
        ("lambda", "delete-function-concurrency"),
        ("secretsmanager", "replicate-secret-to-regions"),  # of a replica that is missing
    }
    assert len(written) > 100


def bootstrapped(commands: list[Command]) -> Iterator[str]:
    """Yield the buckets that the bootstrap templates make with the values of the page."""
    for command in commands:
        if command.title == "cloudformation create-stack":
            given = {one["ParameterKey"]: one["ParameterValue"] for one in command.parameters["Parameters"]}
            made = resolve(load(command.parameters["TemplateBody"]), given, region=command.region)
            for resource in made["Resources"].values():
                if resource["Type"] == "AWS::S3::Bucket":
                    yield resource["Properties"]["BucketName"]


def test_names_exist(
    every_command: list[Command],
    names: dict[str, set[str]],
    sessions: dict[str, Session],
    recovery_sessions: dict[str, Session],
    hand_over: Session,
) -> None:
    """A name in a command is one that production's templates give, or that a command gave before."""
    known = [*names, *created(every_command), *created(hand_over.seen), CHOSEN_SNAPSHOT]
    known += [one for session in sessions.values() for one in session.ids.values()]
    known += bootstrapped(hand_over.seen)
    known += [log_group for name in created(every_command) for log_group in log_groups_of_cluster(name)]
    for session in recovery_sessions.values():
        if session.model is not None:
            things = session.model.drill.account.things.values()
            known += [thing.ref.rpartition("://")[2].rpartition("/")[2] for thing in things]
            known += [thing.ref for thing in things]
    unknown = []
    for command in every_command:
        for option, name in mentioned(command):
            if option.endswith("-prefix") or command.name == "list-secrets":
                found = any(one.startswith(name) for one in known)
            else:
                found = any(fnmatchcase(one, name) for one in known)
            if not found:
                unknown.append(f"{command.service} {command.name} {option} {name}")

    assert unknown == []


def test_names_in_the_text_exist(names: dict[str, set[str]], commands: list[Command]) -> None:
    """A name in the text or in a table is one of production's, too."""
    known = {*names, *created(commands), CHOSEN_SNAPSHOT}
    prose = "\n".join(line for page in [*PAGES, read(RECOVERY)] for line in page.prose)
    spans = {span for span in re.findall(r"`([^`\n]+)`", prose) if PREFIX in span}

    found = {span.replace("<ApiGatewayId>", API_ID).replace("<account>", ACCOUNT) for span in spans}
    assert found <= known


def test_regions(every_command: list[Command], names: dict[str, set[str]]) -> None:
    """Every command names the region in which the thing is."""
    wrong = []
    for command in every_command:
        expected = {TOKYO, VIRGINIA}
        if command.name == "describe-alarms":  # looks for an alarm in each region
            continue
        for _, name in mentioned(command):
            expected &= names.get(name, expected)
        for text in command.texts():
            if arn := re.match(r"arn:aws:[a-z0-9]+:([a-z0-9-]+):", text):
                expected &= {arn[1]}
            if text in ("AWS/CloudFront", "AWS/WAFV2"):
                expected &= {VIRGINIA}
        if command.service in ("cloudfront", "wafv2"):
            expected &= {VIRGINIA}
        if command.service in ("apigateway", "ec2", "lambda", "rds", "sqs"):
            expected &= {TOKYO}
        if command.region not in expected:
            wrong.append(f"{command.service} {command.name} {command.options} in {command.region}")

    assert wrong == []


def test_outputs_and_logical_ids_exist(
    every_command: list[Command], production: dict[str, dict[str, Any]]
) -> None:
    """What is asked of a stack is what this stack has."""
    unknown = []
    for command in every_command:
        if command.service != "cloudformation" or "StackName" not in command.parameters:
            continue
        stack = command.parameters["StackName"].removeprefix(f"{PREFIX}-")
        asked = {
            "Outputs": re.findall(r"OutputKey=='([^']*)'", command.query),
            "Resources": [
                *filter(None, [command.parameters.get("LogicalResourceId")]),
                *command.parameters.get("ResourcesToSkip", []),
                *(one["LogicalResourceId"] for one in command.parameters.get("ResourcesToImport", [])),
            ],
        }
        for section, found in asked.items():
            unknown += [f"{stack} {section} {key}" for key in found if key not in production[stack][section]]

    assert unknown == []


@pytest.mark.parametrize(
    ("chapter", "command"),
    [
        ("Daily operations", "publish"),
        ("Security audit", "list-subscriptions-by-topic"),
    ],
)
def test_all_alarm_topics_are_covered(
    chapter: str, command: str, sessions: dict[str, Session], production: dict[str, dict[str, Any]]
) -> None:
    """Each topic is tested with a message and audited, in the region of its stack."""
    topics = {
        (REGIONS[stack], key)
        for stack, resolved in production.items()
        for key in resolved["Outputs"]
        if key.endswith("TopicArn")
    }
    found = [
        (one.region, one.parameters["TopicArn"].rpartition(":")[2])
        for one in sessions[chapter].seen
        if one.name == command
    ]

    assert topics
    assert sorted(found) == sorted(topics)


@pytest.mark.parametrize("level", ["critical", "normal"])
def test_critical_alarms_go_to_their_own_address(
    level: str, terminal: Terminal, production: dict[str, dict[str, Any]]
) -> None:
    """Each topic of a level is subscribed, in the region of its stack, and no other one."""
    session = terminal.session(LOAD, [typed(f"subscribe {level} sms +819012345678")])
    topics = {
        (REGIONS[stack], key)
        for stack, resolved in production.items()
        for key in resolved["Outputs"]
        if key.endswith("TopicArn") and ("Critical" in key) == (level == "critical")
    }
    subscribed = [one for one in session.seen if one.name == "subscribe"]

    assert (session.status, session.err) == (0, "")
    assert topics == {(one.region, one.parameters["TopicArn"].rpartition(":")[2]) for one in subscribed}
    assert {(one.parameters["Protocol"], one.parameters["Endpoint"]) for one in subscribed} == {
        ("sms", "+819012345678")
    }


def test_subscription_is_confirmed_from_the_link(sessions: dict[str, Session]) -> None:
    """Region, topic and token come from the link of the mail; ending the subscription needs credentials."""
    (confirmed,) = [one for one in sessions["Daily operations"].seen if one.name == "confirm-subscription"]

    assert confirmed.region == VIRGINIA
    assert confirmed.parameters == {
        "TopicArn": "arn:aws:sns:us-east-1:123456789012:FrontendAlarmTopicArn",
        "Token": "2336412f37",
        "AuthenticateOnUnsubscribe": "true",
    }


def test_changing_a_rule_keeps_the_rest_of_the_web_acl(
    commands: list[Command], production: dict[str, dict[str, Any]]
) -> None:
    """An update takes away what it is not given, so it is given all that a web ACL can be updated with.

    Texts that rules look for go back as they came, whatever the user's AWS CLI takes bytes for.
    """
    updates = [command for command in commands if command.name == "update-web-acl"]
    web_acl = production["frontend"]["Resources"]["WebACL"]["Properties"]

    assert len(updates) > 1
    for update in updates:
        searched = [
            statement["ScopeDownStatement"]["ByteMatchStatement"]["SearchString"]
            for rule in update.parameters["Rules"]
            for statement in rule["Statement"].values()
            if "ScopeDownStatement" in statement
        ]
        assert set(web_acl) - {"Tags"} <= set(update.parameters)
        assert searched == [b"/api/"]
    assert re.search(r"update-web-acl.*?--cli-binary-format base64", TOOLS.read_text("utf-8"), re.DOTALL)


def test_audit_asks_for_every_key_that_is_an_output(
    sessions: dict[str, Session], production: dict[str, dict[str, Any]]
) -> None:
    """Each key that a stack names is asked for its state and whether it rotates, in the stack's region.

    A key that is disabled still reports that it rotates.
    """
    keys = [
        (stack, key)
        for stack, resolved in production.items()
        for key in resolved["Outputs"]
        if key.endswith("KeyArn")
    ]
    seen = sessions["Security audit"].seen
    asked = {
        name: sorted(command.region for command in seen if command.name == name)
        for name in ("describe-key", "get-key-rotation-status")
    }

    assert keys
    for regions in asked.values():
        assert regions == sorted(REGIONS[stack] for stack, _ in keys)


def test_newest_lambda_versions_are_kept(sessions: dict[str, Session]) -> None:
    """Neither the function, the newest ten versions, nor the version of the alias is deleted."""
    commands = sessions["Daily operations"].seen
    deleted = [one.parameters.get("Qualifier") for one in commands if one.name == "delete-function"]

    assert deleted == ["2"]  # of twelve; the alias points to the first


@pytest.mark.parametrize("version", ["", "7"])
def test_deploys_follow_the_manifest(version: str, terminal: Terminal) -> None:
    """A deploy has the manifest's file, region and capabilities, and the values of production."""
    manifest = json.loads((ROOT / "out" / "stacks.json").read_text())["stacks"]
    calls = [f"plan_deploy {stack['name']} {version * bool(stack['perDeploy'])}" for stack in manifest]
    session = terminal.session(LOAD, [typed(*calls)])
    deploys = [command for command in session.seen if command.name == "deploy"]

    assert (session.status, session.err) == (0, "")
    for stack, command in zip(manifest, deploys, strict=True):
        options = command.options
        (template,) = options["--template-file"]
        assert Path(template).read_bytes() == (ROOT / "out" / stack["template"]).read_bytes()
        assert command.region == stack["region"]
        assert options["--stack-name"] == [f"{PREFIX}-{stack['name']}"]
        assert options["--s3-bucket"] == [f"{PREFIX}-artifacts-{ACCOUNT}-{stack['region']}"]
        assert options["--s3-prefix"] == [stack["name"]]
        assert options["--role-arn"] == [
            f"arn:aws:iam::{ACCOUNT}:role/deploy-{PREFIX}-{stack['name']}-service"
        ]
        assert options["--capabilities"] == stack["capabilities"]
        assert options["--tags"] == ["Project=csr-lambda-api", "Environment=prod"]
        values = json.loads((ROOT / "out" / stack["parameterFiles"]["prod"]).read_text())["Parameters"]
        given = command.parameters["ParameterOverrides"]["Parameters"]
        versions = {"LambdaCodeS3ObjectVersion": version} if version and stack["perDeploy"] else {}
        assert given == values | versions


@pytest.mark.parametrize(
    ("arguments", "package"),
    [
        ("frontend", {}),
        ("api", dict.fromkeys(("LambdaCodeS3Key", "LambdaCodeS3ObjectVersion"))),
        ("api 7", {"LambdaCodeS3Key": None, "LambdaCodeS3ObjectVersion": "7"}),
    ],
)
def test_repair_is_not_rolled_back(
    arguments: str, package: dict[str, str | None], terminal: Terminal
) -> None:
    """A change set for an incident clears the triggers, and has the values of out/; the package can stay."""
    name = arguments.split()[0]
    (stack,) = [one for one in STACKS if one.name == name]
    session = terminal.session(LOAD, [typed(f"plan_repair {arguments}")])
    (made,) = [one for one in session.seen if one.name == "create-change-set"]
    given, region = made.parameters, stack.region
    digest, values = given["TemplateURL"].rpartition("/")[2], given["Parameters"]
    file = json.loads((ROOT / "out" / "parameters" / "prod" / f"{name}.json").read_text())
    bucket = f"{PREFIX}-artifacts-{ACCOUNT}-{region}"
    uploaded = terminal.world.client("s3", region).get_object(Bucket=bucket, Key=f"{name}/{digest}")

    assert (session.status, session.err) == (0, "")
    assert session.out.splitlines()[-1] == CHOICES["CHANGE_SET"].replace(TOKYO, region)
    assert given["RollbackConfiguration"] == {"MonitoringTimeInMinutes": 0, "RollbackTriggers": []}
    assert (made.region, given["StackName"], given["ChangeSetType"]) == (region, f"{PREFIX}-{name}", "UPDATE")
    assert {one["ParameterKey"]: one.get("ParameterValue") for one in values} == file["Parameters"] | package
    assert [one["ParameterKey"] for one in values if one.get("UsePreviousValue")] == [
        key for key, value in package.items() if value is None
    ]
    assert {one["Key"]: one["Value"] for one in given["Tags"]} == file["Tags"]
    assert given["RoleARN"].endswith(f":role/deploy-{PREFIX}-{name}-service")
    assert given["TemplateURL"] == f"https://{bucket}.s3.{region}.amazonaws.com/{name}/{digest}"
    assert uploaded["Body"].read() == (ROOT / "out" / stack.template).read_bytes()


def test_stacks_are_protected(commands: list[Command]) -> None:
    """Every stack gets termination protection, as in the manifest, and its stack policy."""
    protected = {
        command.parameters["StackName"]
        for command in commands
        if command.name == "update-termination-protection"
        and command.parameters["EnableTerminationProtection"]
    }

    policies = {
        (command.parameters["StackName"], *(Path(one).name for one in command.options["--stack-policy-body"]))
        for command in commands
        if command.name == "set-stack-policy"
    }

    assert protected == {f"{PREFIX}-{stack.name}" for stack in STACKS}
    assert policies == {(f"{PREFIX}-{stack.name}", f"{stack.name}.json") for stack in STACKS}


def test_default_security_group_is_closed(terminal: Terminal) -> None:
    """The default security group lets nothing in and nothing out; the second time, nothing is revoked."""
    session = terminal.session(LOAD, [typed("close_default_group > first"), typed("close_default_group")])
    revoked = [one.name for one in session.seen if one.name.startswith("revoke-")]

    assert (session.status, session.err) == (0, "")
    assert json.loads(session.out) == [[], []]
    assert sorted(revoked) == ["revoke-security-group-egress", "revoke-security-group-ingress"]


def test_failed_first_create_is_deleted_by_its_id(commands: list[Command]) -> None:
    """What is deleted before a deploy is repeated is the very stack that was found in ROLLBACK_COMPLETE."""
    (found,) = [command for command in commands if "ROLLBACK_COMPLETE" in command.query]
    deleted = commands[commands.index(found) + 1]

    assert deleted.title == "cloudformation delete-stack"
    assert deleted.parameters["StackName"].startswith("arn:aws:cloudformation:")


def test_nothing_is_imported_by_its_name(every_command: list[Command]) -> None:
    """The option for that finds nothing: the templates' names are no literals, and keys have none."""
    used = [one.title for one in every_command if "--import-existing-resources" in one.options]

    assert used == []


def test_files_exist() -> None:
    """Files of the repository that the pages name are there."""
    text = "".join(path.read_text(encoding="utf-8") for path in (*TYPED, RECOVERY))
    paths = re.findall(r"\b(?:out|parameters|docs|src)/[\w./-]+\w", text)

    assert len(paths) > 10
    assert [path for path in paths if not (ROOT / path).exists()] == []


DOMAIN = {
    "CustomDomainName": "www.example.com",
    "CertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/1",
    "HostedZoneId": "Z1",
}
OPTIONAL = {"ApiProbePath": "/api/health", **DOMAIN}  # production does not have them
REMOVING = {
    "NatGatewayPerZone": {"NatGatewayPerZone": "false"},
    "DatabaseInstanceClass": {"DatabaseInstanceClass": "db.r6g.large"},
    "DatabaseMultiAZ": {"DatabaseMultiAZ": "false", "DatabaseReadReplica": "false"},
    "DatabaseDeletionProtection": {"DatabaseDeletionProtection": "false"},
    "WAFEnabled": {"WAFEnabled": "false"},
    "ProbePath": {"ProbePath": ""},
    "ApiProbePath": {"ApiProbePath": ""},
    "CustomDomainName": dict.fromkeys(DOMAIN, ""),
    "OriginKeys": {"OriginKeys": "b"},
}


@pytest.mark.parametrize(
    ("path", "heading"),
    [
        (CHANGES, "Changes that remove resources"),
        (CHANGES, ""),
        *([(CHANGES_JA, "リソースを削除する変更"), (CHANGES_JA, "")] if JAPANESE else []),
    ],
)
def test_removed_resources_are_named(path: Path, heading: str, templates: Mapping[str, Any]) -> None:
    """What must be accepted for a change are the resources that production then no longer has."""
    if heading:
        rows = {spans(one)[0]: spans(names)[0].split() for one, names in read(path).table(heading).rows}
        assert rows.keys() == REMOVING.keys() - {"OriginKeys"}
    else:
        (names,) = re.findall(r'`ACCEPTED="([^"]+)"`', path.read_text(encoding="utf-8"))
        rows = {"OriginKeys": names.split()}
    for parameter, names in rows.items():
        stack = names[0].split(".")[0]
        file = ROOT / "out" / "parameters" / "prod" / f"{stack}.json"
        values = json.loads(file.read_text())["Parameters"]
        values |= {key: value for key, value in OPTIONAL.items() if key in values}
        before, after = (
            resolve(templates[stack], given, region=REGIONS[stack], stack_name=f"{PREFIX}-{stack}")[
                "Resources"
            ].keys()
            for given in (values, values | REMOVING[parameter])
        )
        gone = before - after
        assert sorted(names) == sorted(f"{stack}.{one}" for one in gone), parameter


def test_restores_make_what_the_template_makes(
    every_command: list[Command], resources: Mapping[str, Any]
) -> None:
    """What a restore or an instance is given equals the template, property by property."""
    cluster = resources["database"]["DatabaseCluster"]["Properties"]
    compared = 0
    for command in every_command:
        if command.operation == "CreateDBInstance":
            number = re.sub("[^12]", "", command.parameters["DBInstanceIdentifier"])
            if not number:  # only for checking the data
                first = resources["database"]["DatabaseInstance1"]["Properties"]
                assert command.parameters["DBInstanceClass"] == first["DBInstanceClass"]
                continue
            template = resources["database"][f"DatabaseInstance{number}"]["Properties"]
        elif command.operation in (
            "RestoreDBClusterToPointInTime",
            "RestoreDBClusterFromSnapshot",
            "ModifyDBCluster",
        ):
            template = cluster
        else:
            continue
        for name, value in command.parameters.items():
            expected = template.get(name)
            is_identifier = name in ("DBClusterIdentifier", "DBInstanceIdentifier")
            is_switched_off = name == "DeletionProtection" and value is False
            if name in ("Tags", "EnableLogTypes"):
                value, expected = (sorted(map(str, tags)) for tags in (value, expected))
            elif is_identifier or is_switched_off or not isinstance(expected, str | int):
                continue
            assert str(value).lower() == str(expected).lower(), f"{command.name} {name}"
            compared += 1

    assert compared > 30


def test_restored_cluster_has_the_version_of_its_snapshot(terminal: Terminal) -> None:
    """After an upgrade, the snapshot from before it is restored to the old version, not upgraded."""
    old, cluster = "8.0.mysql_aurora.3.08.2", f"{PREFIX}-aurora-cluster-old"
    code = (
        f"aws rds create-db-cluster --region ap-northeast-1 --db-cluster-identifier {cluster} "
        f"--engine aurora-mysql --engine-version {old} "
        "--master-username csradmin --master-user-password only-in-the-mock\n"
        f"aws rds create-db-cluster-snapshot --region ap-northeast-1 --db-cluster-identifier {cluster} "
        "--db-cluster-snapshot-identifier before\nrestore_snapshot before restored\n"
    )
    session = terminal.session(LOAD, [Block("", 1, "sh", code)])
    (made,) = [one for one in session.seen if one.name == "restore-db-cluster-from-snapshot"]

    assert (session.status, session.err) == (0, "")
    assert made.parameters["EngineVersion"] == old


def test_restored_cluster_has_what_the_stack_handed_out(
    commands: list[Command], recovery_sessions: dict[str, Session]
) -> None:
    """A restore names subnet group, security group and parameter groups: the defaults reach nothing."""
    beside = [*recovery_sessions[REST].seen, *recovery_sessions[RESTORING].seen]
    by_name = {command.name: command.parameters for command in [*commands, *beside]}

    for name in ("restore-db-cluster-to-point-in-time", "restore-db-cluster-from-snapshot"):
        assert by_name[name]["DBSubnetGroupName"] == "subnets"
        assert by_name[name]["VpcSecurityGroupIds"][0].startswith("sg-")
        assert by_name[name]["DBClusterParameterGroupName"] == "cluster-parameters"
    assert by_name["create-db-instance"]["DBParameterGroupName"] == "parameters"
    assert by_name["create-db-instance"]["MonitoringRoleArn"].endswith(":role/monitoring")


@pytest.mark.parametrize(
    ("point", "expected"),
    [
        ("latest", {"UseLatestRestorableTime": True}),
        ("2026-11-25T01:30:00Z", {"RestoreToTime": "2026-11-25T01:30:00Z"}),
        ("2026-11-25T10:30:00+09:00", {"RestoreToTime": "2026-11-25T01:30:00Z"}),
    ],
)
@pytest.mark.parametrize("command", ["restore_live {}", "restore_backup cluster-1 {} restored"])
def test_restore_point_can_be_chosen(
    command: str, point: str, expected: dict[str, Any], terminal: Terminal
) -> None:
    """The newest point, or a time in UTC or JST."""
    session = terminal.session(LOAD, [typed(command.format(point))])
    (given,) = [one.parameters for one in session.seen if one.operation == "RestoreDBClusterToPointInTime"]

    assert (session.status, session.err) == (0, "")
    assert {
        key: given[key] for key in ("UseLatestRestorableTime", "RestoreToTime") if key in given
    } == expected


RESTORE = ("restore_live latest", "wait_for_cluster restored", "create_instances")
CLUSTER = f"{PREFIX}-aurora-cluster"


class TestRestore:
    """The restored cluster takes over the identifiers of the stack, and what is left is deleted."""

    def test_restored_cluster_gets_the_stacks_identifiers(self, terminal: Terminal) -> None:
        """Each step can be repeated; the second time, nothing is renamed or created again."""
        once = [*RESTORE, f"swap_clusters {CLUSTER}"]
        session = terminal.session(LOAD, [typed(*once, f"swap_clusters {CLUSTER}", "complete_cluster")])
        renamed = [one.parameters for one in session.seen if "NewDBClusterIdentifier" in one.parameters]

        assert (session.status, session.err) == (0, "")
        assert session.out.count("the same\n") == 2
        assert set(session.clusters) == {CLUSTER, f"{CLUSTER}-old"}
        assert [one["NewDBClusterIdentifier"] for one in renamed] == [f"{CLUSTER}-old", CLUSTER]
        assert session.instances == sorted(
            [
                *(session.ids[f"DatabaseInstance{number}"] for number in "12"),
                f"{PREFIX}-old-1",
                f"{PREFIX}-old-2",
            ]
        )
        assert session.clusters[CLUSTER]["DBSubnetGroup"] == "subnets"
        assert session.clusters[CLUSTER]["DBClusterParameterGroup"] == "cluster-parameters"
        stopped = [command.parameters for command in session.run if command.name == "stop-db-cluster"]
        assert stopped == [{"DBClusterIdentifier": f"{CLUSTER}-old"}]

    def test_nothing_is_restored_over_what_is_there(self, terminal: Terminal) -> None:
        """A second restore, and a swap without a complete restored cluster, change nothing."""
        session = terminal.session(LOAD, [typed(*RESTORE[:1], *RESTORE)])
        created = [one for one in session.seen if one.operation == "RestoreDBClusterToPointInTime"]
        early = terminal.session(LOAD, [typed(*RESTORE[:2], f"swap_clusters {CLUSTER}")])
        alone = terminal.session(LOAD, [typed(f"swap_clusters {CLUSTER}")])

        assert (session.status, len(created)) == (1, 1)
        assert f"{CLUSTER}-restored exists already, and is available. Nothing was restored." in session.err
        assert (early.status, set(early.clusters)) == (1, {CLUSTER, f"{CLUSTER}-restored"})
        assert f"has no instance {PREFIX}-restored-1: create_instances. Nothing was changed." in early.err
        assert (alone.status, list(alone.clusters)) == (1, [CLUSTER])
        assert "nothing to swap" in alone.err

    @pytest.mark.parametrize("is_running", [False, True])
    def test_old_cluster_is_deleted(self, is_running: bool, terminal: Terminal) -> None:
        """Running or stopped, with its instances, a final snapshot and its log groups, and no others."""
        start = f"aws rds start-db-cluster --region {TOKYO} --db-cluster-identifier {CLUSTER}-old"
        calls = [*RESTORE, f"swap_clusters {CLUSTER}", *[start] * is_running]
        calls.append(f"delete_old_cluster {CLUSTER}-old")
        session = terminal.session(LOAD, [typed(*calls)])
        (deleted,) = [one.parameters for one in session.seen if one.name == "delete-db-cluster"]
        groups = [one.parameters["logGroupName"] for one in session.seen if one.name == "delete-log-group"]

        assert (session.status, session.err) == (0, "")
        assert list(session.clusters) == [CLUSTER]
        assert len(session.instances) == 2
        assert deleted["FinalDBSnapshotIdentifier"].startswith(f"{CLUSTER}-old-final-")
        assert sorted(groups) == sorted(log_groups_of_cluster(f"{CLUSTER}-old"))

    def test_rehearsal_leaves_nothing(self, terminal: Terminal) -> None:
        """The copy is deleted without a snapshot, and the cluster of the stack is as it was."""
        session = terminal.session(LOAD, [typed(*RESTORE, f"delete_old_cluster {CLUSTER}-restored")])
        (deleted,) = [one.parameters for one in session.seen if one.name == "delete-db-cluster"]

        assert (session.status, session.err) == (0, "")
        assert deleted["SkipFinalSnapshot"] is True
        assert (list(session.clusters), len(session.instances)) == ([CLUSTER], 2)

    def test_cluster_of_the_stack_is_never_deleted(self, terminal: Terminal) -> None:
        """Only the two names that the steps give are accepted."""
        session = terminal.session(LOAD, [typed(f"delete_old_cluster {CLUSTER}")])

        assert (session.status, [one for one in session.seen if one.service == "rds"]) == (1, [])

    def test_opens_what_it_closed(self, terminal: Terminal) -> None:
        """Every API key that is switched off first is switched on at the end."""
        session = terminal.session(LOAD, [typed("stop_writes", "resume_writes")])
        switched = [
            (command.parameters["apiKey"], command.parameters["patchOperations"][0]["value"])
            for command in session.seen
            if command.name == "update-api-key"
        ]

        assert switched == [("key", "false"), ("another", "false"), ("key", "true"), ("another", "true")]


def test_quota_is_looked_at_apart_from_the_cache(terminal: Terminal) -> None:
    """Looking at the quota flushes no cache: that would send all of the load to the database."""
    session = terminal.session(LOAD, [typed("show_quota")])

    assert [one.name for one in session.seen if one.service == "apigateway"] == ["get-usage"]


def test_only_the_failed_cluster_is_deleted(terminal: Terminal) -> None:
    """After a failed creation, what this cluster has left is deleted, not what an earlier one has."""
    block = Block("", 1, "sh", f"delete_failed_database {CLUSTER}\n")
    session = terminal.session(LOAD, [typed("take_snapshot before-deploy"), replace(block, line=2)])
    seen = session.seen
    given = {command.name: command.parameters for command in seen}
    (cluster, key), *_ = re.findall(r"Deletes the cluster (\S+) with .* key (\S+)\. Write", session.out)
    snapshots = {
        kind: {one.parameters["DBClusterSnapshotIdentifier"] for one in seen if one.name == kind}
        for kind in ("delete-db-cluster-snapshot", "create-db-cluster-snapshot")
    }

    assert (session.status, session.err) == (0, "")
    assert snapshots["delete-db-cluster-snapshot"] == {
        CHOSEN_SNAPSHOT,
        *snapshots["create-db-cluster-snapshot"],
    }
    assert given["delete-db-cluster-automated-backup"] == {"DbClusterResourceId": cluster}
    assert given["schedule-key-deletion"]["KeyId"] == key
    assert given["delete-log-group"] == {"logGroupName": f"/aws/rds/cluster/{CLUSTER}/error"}


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        pytest.param("cp", "old", id="page"),
        pytest.param("sync", "new", id="what-sync-would-do"),
    ],
)
def test_older_build_replaces_files_of_equal_size(command: str, expected: str, terminal: Terminal) -> None:
    """An older build is uploaded, though its files are of equal size and older than what is there.

    ``aws s3 sync`` would skip them: https://github.com/aws/aws-cli/issues/4460
    """
    upload = "upload_site site\n"
    code = TOOLS.read_text("utf-8")
    if command == "sync":
        code = code.replace("aws s3 cp", "aws s3 sync").replace(" --recursive", "")
    other = (
        f"mkdir o; cp -r out/* o; cat > o/tools.sh <<'END'\n{code}END\nsource o/tools.sh prod > /dev/null\n"
    )
    back = "printf old | tee site/index.html site/app.js > /dev/null\ntouch -d 2001-01-01 site/*\n"
    texts = [upload, back, upload]
    session = terminal.session(other, [Block("", 0, "sh", text) for text in texts])
    s3 = terminal.world.client("s3api", VIRGINIA)
    bucket = terminal.world.outputs["frontend"]["FrontendS3BucketName"]
    found = {key: s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in ("index.html", "app.js")}

    assert (session.status, session.err) == (0, "")
    assert set(found.values()) == {expected.encode()}


class TestDisabledKey:
    """A key is enabled again, whether it was only disabled or is to be deleted; then the cluster starts."""

    @pytest.mark.parametrize("state", ["Disabled", "PendingDeletion"])
    def test_key_is_enabled(self, state: str, terminal: Terminal) -> None:
        """Only a deletion that is pending is cancelled: KMS refuses that for a key in any other state."""
        terminal.world.seed()
        keys, key = terminal.world.client("kms", VIRGINIA), terminal.world.disabled_key
        if state == "Disabled":
            keys.cancel_key_deletion(KeyId=key)
            keys.disable_key(KeyId=key)
        before = keys.describe_key(KeyId=key)["KeyMetadata"]["KeyState"]
        session = terminal.continued(LOAD, [typed("enable_key ARN")])
        called = [command.name for command in session.seen]

        assert (before, session.status, session.err) == (state, 0, "")
        cancelled = ["cancel-key-deletion"] * (state != "Disabled")
        assert called == ["list-resource-tags", "describe-key", *cancelled, "enable-key"]
        assert {command.region for command in session.seen} == {VIRGINIA}  # from the ARN
        assert keys.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Enabled"

    @pytest.mark.parametrize("status", ["available", "stopped", WITHOUT_KEY])
    def test_cluster_is_started_if_it_lost_its_key(self, status: str, tmp_path: Path) -> None:
        """A cluster in any other status is left as it is."""
        end = run(f"{loaded()}start_database\n", [f"{status}\n"], programs(tmp_path / "replay"))
        started = "aws rds start-db-cluster" in [call.title for call in end.calls]

        assert started == (status != "available")
        assert (end.status, end.err) == ((0, "") if started else (1, f"The cluster is {status}.\n"))


class TestRuleOfTheWebACL:
    """A rule that blocks honest users counts instead, and nothing else changes."""

    def rules(
        self, terminal: Terminal, rule: str, inner: str, *, again: bool = False
    ) -> tuple[Session, list[dict[str, Any]]]:
        """Run the command, and return the rules that the web ACL is given."""
        run = terminal.continued if again else terminal.session
        session = run(LOAD, [typed(f"count_rule {rule} {inner}")])
        updates = [one.parameters["Rules"] for one in session.seen if one.name == "update-web-acl"]
        return session, updates[-1] if updates else []

    def test_each_rule_can_count(self, terminal: Terminal, resources: Mapping[str, Any]) -> None:
        """A rule gets its Action or its OverrideAction, whichever it has: WAF refuses a rule with both."""
        present = resources["frontend"]["WebACL"]["Properties"]["Rules"]
        terminal.world.seed()
        for rule in present:
            session, rules = self.rules(terminal, rule["Name"], "", again=True)
            terminal.world.restore_web_acl()
            if "Count" in rule.get("Action", {}):
                assert (session.status != 0, "It counts already, " in session.err) == (True, True)
                assert session.seen[-1].name == "get-web-acl"
                continue

            assert (session.status, session.err) == (0, "")
            assert [one["Name"] for one in rules] == [one["Name"] for one in present]
            for one, before in zip(rules, present, strict=True):
                assert ("Action" in one) != ("OverrideAction" in one)
                kind = "Action" if "Action" in before else "OverrideAction"
                assert one[kind] == ({"Count": {}} if one["Name"] == rule["Name"] else before[kind])

    def test_one_rule_of_a_group_can_count(self, terminal: Terminal, resources: Mapping[str, Any]) -> None:
        """The other rules of the group still block, and rules that counted still count."""
        session, rules = self.rules(terminal, "common-rules", CHOICES["INNER"])
        (rule,) = [one for one in rules if one["Name"] == "common-rules"]
        (before,) = [
            one
            for one in resources["frontend"]["WebACL"]["Properties"]["Rules"]
            if one["Name"] == "common-rules"
        ]
        statement = "ManagedRuleGroupStatement"

        assert (session.status, session.err) == (0, "")
        assert rule["OverrideAction"] == {"None": {}}
        assert rule["Statement"][statement]["RuleActionOverrides"] == [
            *before["Statement"][statement]["RuleActionOverrides"],
            {"Name": CHOICES["INNER"], "ActionToUse": {"Count": {}}},
        ]

    @pytest.mark.parametrize(
        ("rule", "inner"), [("common-rules", ""), ("common-rules", CHOICES["INNER"]), ("rate-limit", "")]
    )
    def test_rule_blocks_again(
        self, rule: str, inner: str, terminal: Terminal, resources: Mapping[str, Any]
    ) -> None:
        """The way back gives the web ACL the rules of the template."""
        session = terminal.session(LOAD, [typed(f"count_rule {rule} {inner}", f"block_rule {rule} {inner}")])
        counted, restored = [one.parameters["Rules"] for one in session.seen if one.name == "update-web-acl"]

        def effect(rules: list[dict[str, Any]]) -> list[Any]:
            return [
                (
                    rule.get("Action"),
                    rule.get("OverrideAction"),
                    rule["Statement"].get("ManagedRuleGroupStatement"),
                )
                for rule in rules
            ]

        assert (session.status, session.err) == (0, "")
        assert effect(counted) != effect(restored)
        assert effect(restored) == effect(resources["frontend"]["WebACL"]["Properties"]["Rules"])

    @pytest.mark.parametrize(
        ("rule", "inner", "message"),
        [
            ("common-rule", "", "The web ACL has no rule common-rule"),
            ("common-rules", "CrossSiteScripting", "The rule group has no rule CrossSiteScripting"),
        ],
    )
    def test_unknown_names_are_refused(self, rule: str, inner: str, message: str, terminal: Terminal) -> None:
        """A name that is not there ends with an error, and the web ACL is not updated."""
        session, rules = self.rules(terminal, rule, inner)

        assert session.status != 0
        assert message in session.err
        assert rules == []


class TestBlockedAddresses:
    """The block adds an address to the set of its family, takes it back, and keeps the others."""

    def session(self, terminal: Terminal, address: str, action: str) -> Session:
        """Run the block in a mock that keeps what earlier blocks did."""
        return terminal.continued(LOAD, [typed(f"{action}_address {address}")])

    def addresses(self, terminal: Terminal) -> dict[str, list[str]]:
        """Return the addresses of each set, by the end of its name."""
        client = terminal.world.client("wafv2", VIRGINIA)
        return {
            one["Name"].rpartition("-")[2]: client.get_ip_set(
                Scope="CLOUDFRONT", Name=one["Name"], Id=one["Id"]
            )["IPSet"]["Addresses"]
            for one in client.list_ip_sets(Scope="CLOUDFRONT")["IPSets"]
        }

    @pytest.mark.parametrize(
        ("address", "family", "kept"),
        [
            ("203.0.113.7", "ipv4", "203.0.113.7/32"),
            ("198.51.100.0/24", "ipv4", "198.51.100.0/24"),
            ("2001:db8::7", "ipv6", "2001:db8::7/128"),
            ("2001:db8:1:2::/64", "ipv6", "2001:db8:1:2::/64"),
        ],
    )
    def test_added_and_taken_back(self, address: str, family: str, kept: str, terminal: Terminal) -> None:
        """An address without a length is one host. Others stay, and a second add changes nothing."""
        other = {"ipv4": "192.0.2.1/32", "ipv6": "2001:db8:ffff::/48"}[family]
        terminal.world.seed()
        for one, action in ((other, "block"), (address, "block"), (address, "block")):
            session = self.session(terminal, one, action)
            assert (session.status, session.err) == (0, "")
        blocked = self.addresses(terminal)
        update = [one for one in session.seen if one.name == "update-ip-set"][-1]

        assert blocked == {"ipv4": [], "ipv6": []} | {family: sorted([other, kept])}
        assert update.parameters["Description"] == "Addresses that operators block"
        assert self.session(terminal, kept, "unblock").status == 0
        assert self.addresses(terminal)[family] == [other]
        assert self.session(terminal, other, "unblock").status == 0
        assert self.addresses(terminal) == {"ipv4": [], "ipv6": []}

    def test_saved_and_written_again(self, terminal: Terminal) -> None:
        """The last block gives the sets the addresses that the first block saved, and no others."""
        terminal.world.seed()
        for address in ("203.0.113.7", "198.51.100.0/24", "2001:db8::7"):
            self.session(terminal, address, "block")
        saved = self.addresses(terminal)
        calls = typed("save_addresses", "unblock_address 2001:db8::7/128", "write_addresses")

        session = terminal.continued(LOAD, [calls])

        assert (session.status, session.err) == (0, "")
        assert "csr-lambda-api-prod-blocked-ipv4: 198.51.100.0/24 203.0.113.7/32\n" in session.out
        assert "csr-lambda-api-prod-blocked-ipv6: []\n" in session.out
        assert saved["ipv6"] == ["2001:db8::7/128"]
        assert self.addresses(terminal) == saved

    def test_nothing_is_written_without_a_saved_file(self, terminal: Terminal) -> None:
        """Without the files of the first block, the second block ends before it changes a set."""
        terminal.world.seed()
        self.session(terminal, "203.0.113.7", "block")

        session = terminal.continued(LOAD, [typed("write_addresses")])

        assert session.status != 0
        assert self.addresses(terminal)["ipv4"] == ["203.0.113.7/32"]

    @pytest.mark.parametrize(
        ("address", "action", "message"),
        [
            ("203.0.113.9", "unblock", "The set does not contain 203.0.113.9/32, but: 203.0.113.7/32"),
        ],
    )
    def test_mistakes_change_nothing(
        self, address: str, action: str, message: str, terminal: Terminal
    ) -> None:
        """An address that is not in the set, or an unknown action, ends with an error before the update."""
        terminal.world.seed()
        before = self.session(terminal, "203.0.113.7", "block")

        session = self.session(terminal, address, action)

        assert session.status != 0
        assert message in session.err
        assert [one.name for one in session.seen[len(before.seen) :]] == ["list-ip-sets", "get-ip-set"]
        assert self.addresses(terminal)["ipv4"] == ["203.0.113.7/32"]


def test_only_what_is_listed_is_not_run(
    every_command: list[Command],
    sessions: dict[str, Session],
    recovery_sessions: dict[str, Session],
    others: dict[str, Session],
) -> None:
    """Every command is run by the mock, or is in a list with the reason; the list contains no others."""
    every_session = [*sessions.values(), *recovery_sessions.values(), *others.values()]
    run = [command for session in every_session for command in session.run]
    skipped = [command for command in every_command if command not in run]
    reasons = {command.service if command.service in NOT_RUN else command.title for command in skipped}

    assert reasons == set(NOT_RUN)
    assert {command.service for command in run} == RUN


@pytest.mark.parametrize(
    ("line", "message"),
    [
        pytest.param(
            "rds restore-db-cluster-from-snapshot --region ap-northeast-1 --db-cluster-identifier x "
            "--snapshot-identifier y",
            "rds restore-db-cluster-from-snapshot needs --engine.",
            id="required-option",
        ),
        pytest.param(
            "lambda put-provisioned-concurrency-config --region ap-northeast-1 --function-name f "
            "--qualifier prod --provisioned-concurrency-limit 20",
            "lambda put-provisioned-concurrency-config has no option --provisioned-concurrency-limit.",
            id="option",
        ),
        pytest.param(
            "cloudtrail lookup-events --region x --max-items 1000",
            "cloudtrail lookup-events has no option --max-items.",
            id="incomplete",
        ),
        pytest.param(
            "rds restore-cluster --region ap-northeast-1", "rds has no command restore-cluster.", id="command"
        ),
        pytest.param("rdz describe --region ap-northeast-1", "There is no service rdz.", id="service"),
        pytest.param("rds wait cluster --region x", "rds cannot wait for cluster.", id="waiter"),
        pytest.param(
            "sts get-caller-identity", "sts get-caller-identity does not name its region.", id="region"
        ),
        pytest.param(
            "sns subscribe --region x --topic-arn t --protocol email --endpoint a@example.com",
            "sns subscribe has no option --endpoint.",
            id="renamed",
        ),
        pytest.param(
            "rds modify-db-cluster --region x --db-cluster-identifier c --backup-retention-period long",
            "rds modify-db-cluster --backup-retention-period must be a number, but is 'long'.",
            id="number",
        ),
        pytest.param(
            "rds modify-db-cluster --region x --db-cluster-identifier c --apply-immediately yes",
            "rds modify-db-cluster --apply-immediately takes no value, but has ['yes'].",
            id="flag",
        ),
        pytest.param(
            "ec2 describe-vpcs --region x --filters Nam=tag:Project,Values=y",
            "ec2 describe-vpcs --filters has no Nam.",
            id="shorthand",
        ),
        pytest.param(
            "cloudwatch set-alarm-state --region x --alarm-name a --state-value ALERT --state-reason r",
            "cloudwatch set-alarm-state --state-value cannot be ALERT.",
            id="enum",
        ),
        pytest.param(
            "logs tail /aws/lambda/x --region y --sinc 1h", "logs tail has no option --sinc.", id="high-level"
        ),
        pytest.param(
            "cloudformation deploy --region x --stack-name y",
            "cloudformation deploy needs --template-file.",
            id="high-level-required",
        ),
    ],
)
def test_wrong_commands_are_refused(line: str, message: str, tmp_path: Path) -> None:
    """The check distinguishes a wrong command from a right one, the manual's wrong ones among them."""
    with pytest.raises(CommandError) as refusal:
        parse(line.split(), tmp_path)

    assert str(refusal.value) == message
