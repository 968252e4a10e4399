"""The door to what AWS publishes: what comes through, and what is said where it does not open."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

from cfn_analysis.model import schemas
from cfn_analysis.model.schemas import (
    ResourceSchema,
    SchemasError,
    iam_action,
    known_schema,
    property_schema,
    resource_schema,
)
from csr_templates import STACKS, Stack

TOKYO = "ap-northeast-1"
RUNTIMES = "AdditionalSpecs/LmbdRuntimeLifecycle.json"
CFN_LINT = f"cfn-lint {version('cfn-lint')}"


def test_says_which_changes_replace_a_resource() -> None:
    """Create-only properties come as paths below Properties, the conditional ones apart."""
    vpc = resource_schema("AWS::EC2::VPC", TOKYO)
    endpoint = resource_schema("AWS::EC2::VPCEndpoint", TOKYO)

    assert "CidrBlock" in vpc.create_only
    assert "EnableDnsSupport" not in vpc.create_only
    assert vpc.conditional_create_only == ("InstanceTenancy",)
    assert "DnsOptions/PrivateDnsPreference" in endpoint.create_only


def test_says_what_tells_resources_apart() -> None:
    """A primary identifier may be several properties."""
    assert resource_schema("AWS::ApiGateway::Stage", TOKYO).primary_identifier == ("RestApiId", "StageName")


def test_says_what_handlers_claim() -> None:
    """The permissions come by handler, each once and in order; those for tags apart."""
    cluster = resource_schema("AWS::RDS::DBCluster", TOKYO)

    assert set(cluster.handlers) == {"create", "read", "update", "delete", "list"}
    assert cluster.handlers["read"] == ("rds:DescribeDBClusters",)
    assert cluster.handlers["create"].count("rds:DescribeDBClusterSnapshots") == 1
    assert list(cluster.handlers["create"]) == sorted(cluster.handlers["create"])
    assert cluster.tag_permissions == ("rds:AddTagsToResource", "rds:RemoveTagsFromResource")


@pytest.mark.parametrize(
    ("type_name", "place", "expected"),
    [
        ("AWS::Lambda::Function", ("MemorySize",), {"type": "integer", "minimum": 128}),
        ("AWS::S3::Bucket", ("LifecycleConfiguration", "Rules", "*", "Status"), {"type": "string"}),
        ("AWS::Lambda::Function", ("Environment", "Variables", "ANY"), {}),
        ("AWS::Lambda::Function", ("MemorySize", "*"), {}),
        ("AWS::Lambda::Function", ("Nothing",), {}),
        ("AWS::Lambda::Function", ("Nothing", "*", "Further"), {}),
        ("AWS::IAM::Role", ("AssumeRolePolicyDocument", "Statement", "*"), {}),
    ],
)
def test_says_what_a_property_takes(type_name: str, place: tuple[str, ...], expected: dict[str, Any]) -> None:
    """A place is followed through objects, lists and definitions; nothing is said of what is free."""
    schema = property_schema(type_name, TOKYO, place)

    assert expected.items() <= schema.items()
    assert "$ref" not in schema


def test_says_what_each_alternative_takes() -> None:
    """Alternatives come without references, too."""
    schema = property_schema("AWS::SNS::Topic", TOKYO, ("KmsMasterKeyId",))

    assert "anyOf" in schema
    assert "$ref" not in json.dumps(schema)


def test_a_type_that_cannot_be_updated_has_no_update() -> None:
    """What a schema does not have is not made up."""
    assert "update" not in resource_schema("AWS::Lambda::Permission", TOKYO).handlers


@pytest.mark.parametrize("stack", STACKS, ids=lambda stack: stack.name)
def test_reads_the_same_as_cfn_lint(stack: Stack, templates: dict[str, dict[str, Any]]) -> None:
    """For every type of our stacks, cfn-lint's own reader finds the same create-only properties."""
    for type_name in {resource["Type"] for resource in templates[stack.name]["Resources"].values()}:
        theirs = PROVIDER_SCHEMA_MANAGER.get_resource_schema(stack.region, type_name).schema
        ours = resource_schema(type_name, stack.region)

        assert [f"/properties/{name}" for name in ours.create_only] == theirs.get("createOnlyProperties", [])
        assert {"create", "delete"} <= set(ours.handlers), type_name


def test_reads_without_importing_cfn_lint() -> None:
    """A build that finds all lints in its cache must not pay for cfn-lint here."""
    code = (
        "import sys; from cfn_analysis.model import schemas;"
        "schemas.resource_schema('AWS::EC2::VPC', 'us-east-1'); schemas.iam_action('ec2:CreateVpc');"
        "print('cfnlint' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert run.stdout == "False\n"


def test_fails_on_a_type_that_the_region_does_not_have() -> None:
    """Regions differ: what one has, another may lack."""
    lost = "AWS::AccessAnalyzer::ArchiveRule"

    assert resource_schema(lost, "us-east-1").type == lost
    with pytest.raises(SchemasError) as caught:
        resource_schema(lost, TOKYO)

    assert str(caught.value) == (
        f"{lost} is not a resource type in {TOKYO}, according to {CFN_LINT}. Correct the name, or use a "
        "newer cfn-lint."
    )
    assert known_schema(lost, "us-east-1") == resource_schema(lost, "us-east-1")
    assert known_schema(lost, TOKYO) == ResourceSchema(lost, (), (), (), {}, ())


@pytest.mark.parametrize(
    "region",
    [
        "ap-northeast-9",
        "US-EAST-1",  # a system that ignores case in names of files finds it
        "sam",
        "./us-east-1",
        "../providers/us-east-1",
    ],
)
def test_fails_on_an_unknown_region(region: str) -> None:
    """The message lists the regions that there are; what only leads to the file of one is none."""
    with pytest.raises(SchemasError) as caught:
        resource_schema("AWS::EC2::VPC", region)

    assert str(caught.value).startswith(
        f"There are no schemas for the region {region!r}; {CFN_LINT} has af-south-1, "
    )
    assert "us-west-2." in str(caught.value)


@pytest.mark.parametrize(
    ("action", "arns"),
    [
        ("ec2:CreateInternetGateway", ["internet-gateway/*"]),
        ("cloudfront:DeleteCachePolicy", ["cache-policy/*"]),
        ("lambda:CreateFunction", ["function:*"]),
    ],
)
def test_says_what_a_policy_can_limit_an_action_to(action: str, arns: list[str]) -> None:
    """ARNs have placeholders for the values of the policy, and a star for the name of the resource."""
    formats = iam_action(action)

    assert formats is not None
    assert [arn.split(":", 5)[5] for arn in formats] == arns
    assert all(arn.startswith("arn:${Partition}:") for arn in formats)


def test_an_action_may_take_no_arn() -> None:
    """Then a policy can only name ``*``."""
    assert iam_action("ec2:DescribeVpcs") == ()


@pytest.mark.parametrize("action", ["s3:REST.PUT.OBJECT", "iam:DescribeOrganization", "mars:Land", "s3"])
def test_iam_does_not_know_every_name(action: str) -> None:
    """The schemas contain permissions that do not exist; this is not an error."""
    assert iam_action(action) is None


CACHED = (
    schemas.resource_schema,
    schemas.iam_action,
    schemas.property_schema,
    schemas.stateful_types,
    schemas.creatable_versions,
    schemas.runtime_lifecycle,
    schemas._read,
    schemas._schema,
    schemas._type_files,
    schemas._service,
    schemas._service_texts,
    schemas.data_folder,
)


@pytest.fixture
def fresh() -> Iterator[None]:
    """Nothing read before is remembered, and nothing read now is afterwards."""
    for function in CACHED:
        function.cache_clear()
    yield
    for function in CACHED:
        function.cache_clear()


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fresh: None) -> Path:
    """A folder in the place of cfn-lint's data, with what the module expects."""
    good: dict[str, Any] = {
        "schemas/providers/us-east-1.json": {"My::Own::Type": "0123"},
        "schemas/resources/0123.json": {"typeName": "My::Own::Type"},
        "AdditionalSpecs/Policies.json": {
            "iam": {
                "Actions": {"getrole": {"Resources": ["role"]}},
                "Resources": {"role": {"ARNFormats": []}},
            }
        },
    }
    for file, content in good.items():
        path = tmp_path / "cfnlint" / "data" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content, indent=1))
    (tmp_path / "cfnlint" / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "cfnlint", raising=False)
    return tmp_path / "cfnlint" / "data"


def test_a_schema_may_say_little(data: Path) -> None:
    """A type that AWS does not describe has no handlers."""
    assert resource_schema("My::Own::Type", "us-east-1") == schemas.ResourceSchema(
        "My::Own::Type", (), (), (), {}, ()
    )


@pytest.mark.parametrize(
    ("file", "content", "what"),
    [
        ("schemas/providers/us-east-1.json", None, "schemas/providers, it contains no region"),
        ("schemas/providers/us-east-1.json", "[]", "schemas/providers/us-east-1.json, it is not an object"),
        (
            "schemas/providers/us-east-1.json",
            '{"My::Own::Type": {}}',
            "schemas/providers/us-east-1.json, it maps resource types to something other than names of files",
        ),
        (
            "schemas/resources/0123.json",
            "{}",
            "schemas/resources/0123.json, typeName is None instead of 'My::Own::Type'",
        ),
        (
            "schemas/resources/0123.json",
            '{"typeName": "My::Own::Type", "handlers": {"read": []}}',
            "schemas/resources/0123.json, a handler has no permissions",
        ),
        (
            "schemas/resources/0123.json",
            '{"typeName": "My::Own::Type", "createOnlyProperties": ["Name"]}',
            "schemas/resources/0123.json, createOnlyProperties contains something other than paths under "
            "/properties/",
        ),
    ],
    ids=["no regions", "no object", "no names of files", "other type", "no permissions", "other paths"],
)
def test_fails_on_another_layout_of_schemas(data: Path, file: str, content: str | None, what: str) -> None:
    """For another format of the schemas, the message contains the version, the file and the remedy."""
    (data / file).write_text(content) if content else (data / file).unlink()

    with pytest.raises(SchemasError) as caught:
        resource_schema("My::Own::Type", "us-east-1")

    assert str(caught.value) == unknown_layout(what)


def own(data: Path, **members: Any) -> None:
    """Give the type its members, in cfn-lint's layout or, of a single member, in another one."""
    (data / "schemas" / "resources" / "0123.json").write_text(
        json.dumps({"typeName": "My::Own::Type", **members}, indent=1)
    )


def test_a_property_in_another_layout(data: Path) -> None:
    """If keys are not at the start of lines, the whole file is parsed, with the same result."""
    content = {"typeName": "My::Own::Type", "properties": {"A": {"type": "integer"}}}
    (data / "schemas" / "resources" / "0123.json").write_text(json.dumps(content))

    assert property_schema("My::Own::Type", "us-east-1", ("A",)) == {"type": "integer"}


def test_a_property_by_its_pattern(data: Path) -> None:
    """A key may be described by a pattern; references lead on, and alternatives are followed."""
    number = {"type": "integer"}
    own(
        data,
        definitions={"Map": {"patternProperties": {"^x": {"$ref": "#/definitions/Or"}}}, "Or": {"anyOf": [
            {"$ref": "#/definitions/Deep/properties/N"}]}, "Deep": {"properties": {"N": number}}},
        properties={"First": {}, "M": {"$ref": "#/definitions/Map"}, "Z": True,
                    "L": {"patternProperties": {r"^[\p{L}]": number}}},
    )  # fmt: skip

    assert property_schema("My::Own::Type", "us-east-1", ("M", "x1")) == {"anyOf": [number]}
    assert property_schema("My::Own::Type", "us-east-1", ("M", "y1")) == {}
    assert property_schema("My::Own::Type", "us-east-1", ("L", "z1")) == number  # Python has no \p
    assert property_schema("My::Own::Type", "us-east-1", ("Z",)) == {}
    assert property_schema("My::Own::Type", "us-east-1", ("Z", "*")) == {}


@pytest.mark.parametrize("pointer", ["#/definitions/Gone", "#/definitions/There/Gone/Too"])
def test_fails_on_a_reference_to_nothing(data: Path, pointer: str) -> None:
    """A schema with a reference to a missing definition is reported as damaged."""
    own(data, definitions={"There": {}}, properties={"A": {"$ref": pointer}})

    with pytest.raises(SchemasError) as caught:
        property_schema("My::Own::Type", "us-east-1", ("A",))

    assert str(caught.value) == unknown_layout(
        f"schemas/resources/0123.json, it refers to {pointer}, which it does not have"
    )


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("{}", "no line begins with the service iam"),
        ('{\n "iam": []\n}', "the service iam has no Actions and Resources"),
        (
            '{\n "iam": {"Actions": {}',
            "the service iam cannot be read (Expecting ',' delimiter: line 1 column 15 (char 14))",
        ),
        (
            '{\n "iam": {"Actions": {"getrole": {"Resources": ["role"]}}, "Resources": {}}\n}',
            "iam:GetRole refers to a resource without 'role'",
        ),
    ],
    ids=["no services", "no object", "cut short", "no resource"],
)
def test_fails_on_another_layout_of_actions(data: Path, content: str, what: str) -> None:
    """The same applies to IAM's actions."""
    (data / "AdditionalSpecs" / "Policies.json").write_text(content)

    with pytest.raises(SchemasError) as caught:
        iam_action("iam:GetRole")

    assert str(caught.value) == unknown_layout(f"AdditionalSpecs/Policies.json, {what}")


def test_a_part_of_the_actions_says_what_the_whole_says() -> None:
    """Parsing one service alone gives what parsing the whole file gives, for every service."""
    everything = schemas._read(schemas._POLICIES)

    assert len(everything) > 400
    assert {prefix: schemas._service(prefix) for prefix in everything} == everything


def unknown_layout(what: str) -> str:
    """Return the whole message about a layout that is not the expected one."""
    return (
        f"{CFN_LINT} stores its schemas in a format that is not supported: in "
        f"cfnlint/data/{what}. Install the required version of cfn-lint; if it is "
        "installed, the installation is damaged."
    )


def test_fails_on_a_file_that_cannot_be_read(data: Path) -> None:
    """The message repeats why."""
    (data / "schemas" / "resources" / "0123.json").write_text("{")

    with pytest.raises(SchemasError) as caught:
        resource_schema("My::Own::Type", "us-east-1")

    assert "in cfnlint/data/schemas/resources/0123.json, it cannot be read (" in str(caught.value)


def test_fails_without_cfn_lint(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message contains the source of the schemas."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    schemas.data_folder.cache_clear()

    with pytest.raises(SchemasError) as caught:
        schemas.data_folder()

    schemas.data_folder.cache_clear()
    assert str(caught.value) == (
        "The resource schemas come with cfn-lint, which is not installed. Install it."
    )


# ---- Other facts about types ----


def test_says_where_tags_go() -> None:
    """Most types have them in Tags, some in another property, and some have none."""
    assert resource_schema("AWS::SQS::Queue", TOKYO).tag_property == "Tags"
    assert resource_schema("AWS::Route53::HealthCheck", TOKYO).tag_property == "HealthCheckTags"
    assert resource_schema("AWS::SQS::QueuePolicy", TOKYO).tag_property == ""


def test_says_what_cannot_be_left_out() -> None:
    """The required properties are those of the schema."""
    assert "Name" in resource_schema("AWS::CloudFront::Function", "us-east-1").required
    assert resource_schema("AWS::SQS::Queue", TOKYO).required == ()


def test_says_what_holds_data() -> None:
    """A cluster does; the instances of a cluster come and go."""
    assert {"AWS::S3::Bucket", "AWS::DynamoDB::Table", "AWS::RDS::DBCluster"} <= schemas.stateful_types()
    assert "AWS::RDS::DBInstance" not in schemas.stateful_types()
    assert "AWS::SNS::Topic" not in schemas.stateful_types()


def test_says_which_versions_can_be_created() -> None:
    """What is listed and not deprecated, each number by its value; nothing where nothing is listed."""
    versions = schemas.creatable_versions("AWS::RDS::DBCluster", "aurora-mysql")

    assert "5.7.mysql_aurora.2.07.0" not in versions  # deprecated
    assert list(versions) == sorted(versions, key=schemas.version_key)
    assert schemas.version_key("8.0.mysql_aurora.3.9") < schemas.version_key("8.0.mysql_aurora.3.10")
    assert schemas.creatable_versions("AWS::RDS::DBCluster", "aurora-sqlite") == ()
    assert schemas.creatable_versions("AWS::S3::Bucket", "aurora-mysql") == ()


def test_says_when_a_runtime_ends() -> None:
    """A runtime that AWS does not offer has no dates; one without a date for new functions has one date."""
    python = schemas.runtime_lifecycle("python3.13")

    assert python
    assert python.create_block
    assert python.deprecated < python.create_block
    assert schemas.runtime_lifecycle("nodejs22.x")
    assert schemas.runtime_lifecycle("cobol85") is None


@pytest.mark.parametrize(
    "dates",
    ["2029-06-30", {"deprecated": "2029-06-30"}, {"deprecated": "soon", "create-block": None}],
    ids=["no object", "no date for new functions", "no date"],
)
def test_fails_on_other_dates_of_a_runtime(data: Path, dates: object) -> None:
    """The message contains the runtime and what cfn-lint has for it."""
    (data / RUNTIMES).parent.mkdir(parents=True, exist_ok=True)
    (data / RUNTIMES).write_text(json.dumps({"own1.x": dates}))

    with pytest.raises(SchemasError) as caught:
        schemas.runtime_lifecycle("own1.x")

    assert f"in cfnlint/data/{RUNTIMES}, the dates of own1.x are {dates!r}." in str(caught.value)


def test_a_runtime_without_a_date_for_new_functions(data: Path) -> None:
    """AWS states only the deprecation date of some runtimes."""
    (data / RUNTIMES).parent.mkdir(parents=True, exist_ok=True)
    (data / RUNTIMES).write_text(json.dumps({"own1.x": {"deprecated": "2029-06-30", "create-block": None}}))

    assert schemas.runtime_lifecycle("own1.x") == (date(2029, 6, 30), None)


EXTENSION = "schemas/extensions/my_own_type/engine_version.json"


@pytest.mark.parametrize(
    ("file", "content", "what"),
    [
        ("AdditionalSpecs/StatefulResources.json", "{}", "it has no ResourceTypes"),
        (
            EXTENSION,
            '{"allOf": [{"if": {"properties": {"Engine": {"const": "own"}}}, "then": {"properties": {}}}]}',
            "the versions of own are not an enum",
        ),
    ],
    ids=["stateful", "versions"],
)
def test_fails_on_another_layout_of_lists(data: Path, file: str, content: str, what: str) -> None:
    """A cfn-lint that keeps these lists otherwise is named, too."""
    (data / file).parent.mkdir(parents=True, exist_ok=True)
    (data / file).write_text(content)

    with pytest.raises(SchemasError) as caught:
        if file == EXTENSION:
            schemas.creatable_versions("My::Own::Type", "own")
        else:
            schemas.stateful_types()

    assert f"in cfnlint/data/{file}, {what}." in str(caught.value)


def test_some_types_are_deleted_first() -> None:
    """The schema determines it. For an unknown type, it is not known."""
    assert known_schema("AWS::EC2::SubnetRouteTableAssociation", "us-east-1").deleted_first
    assert not known_schema("AWS::SQS::Queue", "us-east-1").deleted_first
    assert not known_schema("Acme::Thing::Type", "us-east-1").deleted_first
