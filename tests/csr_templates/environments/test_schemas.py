"""The JSON Schemas of the parameter files: they accept what the build accepts, and refuse usual mistakes."""

import itertools
import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from cfn_analysis.model.built_stack import BuiltStack
from csr_templates.environments import environment as environments
from csr_templates.environments import schemas
from csr_templates.environments.environment import SHARED, EnvironmentsError
from csr_templates.environments.files import Number
from csr_templates.environments.values import ZONE, value_refusals
from tests.system import ENVIRONMENTS, ROOT

WRONG_IN_DEV = {
    "unknown key": {"VpcCird": "10.0.0.0/16"},
    "per-deploy parameter": {"LambdaCodeS3ObjectVersion": "3sL4kqtJlcpXroDTDmJ"},
    "no such environment": {"Environment": "qa"},
    "number in quotes of the wrong kind": {"LambdaMemorySize": "much"},
    "number with a leading zero": {"LambdaMemorySize": "0512"},
    "number below the range": {"LambdaMemorySize": 64},
    "number above the range": {"LambdaMemorySize": 20000},
    "null": {"LambdaMemorySize": None},
    "list": {"DatabaseName": ["csr"]},
    "not in the list": {"LogRetentionDays": 31},
    "switch as another word": {"WAFEnabled": "yes"},
    "switch as a number": {"WAFEnabled": 1},
    "text that must be in quotes": {"DatabaseName": 12},
    "text that does not match": {"DatabaseName": "csr lambda"},
    "text that is too long": {"DatabaseName": "d" * 65},
    "zone of another region": {"AvailabilityZone1": "us-east-1a"},
    "not a network": {"VpcCidr": "10.0.0.0"},
    "account as a number": {"AccountId": 123456789012},
    "account with hyphens": {"AccountId": "1234-5678-9012"},
}


@pytest.fixture(scope="module")
def stacks(built: dict[str, BuiltStack]) -> list[BuiltStack]:
    """The stacks, in deploy order."""
    return list(built.values())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the parameter files."""
    return Path(shutil.copytree(ROOT / "parameters", tmp_path / "parameters"))


def change(file: Path, **values: Any) -> Any:
    """Write other values into a file, and return its content."""
    content = {**json.loads(file.read_text("utf-8")), **values}
    file.write_text(json.dumps(content), "utf-8")
    return content


def test_our_files_are_valid(stacks: list[BuiltStack]) -> None:
    """An editor shows no error in them."""
    for name in ENVIRONMENTS:
        content = json.loads((ROOT / "parameters" / f"{name}.json").read_text("utf-8"))
        Draft7Validator(schemas.environment_schema(stacks)).validate(content)
    shared = json.loads((ROOT / "parameters" / SHARED).read_text("utf-8"))
    Draft7Validator(schemas.shared_schema(stacks)).validate(shared)


@pytest.mark.parametrize("values", WRONG_IN_DEV.values(), ids=WRONG_IN_DEV)
def test_what_the_schema_refuses_the_build_refuses(
    values: Mapping[str, Any], stacks: list[BuiltStack], folder: Path
) -> None:
    """A usual mistake is an error of both, about the same key."""
    content = change(folder / "dev.json", **values)
    (key,) = values

    (error,) = Draft7Validator(schemas.environment_schema(stacks)).iter_errors(content)
    with pytest.raises(EnvironmentsError) as caught:
        environments.read(folder, stacks)

    assert error.absolute_path[0] == key if error.absolute_path else key in error.message
    assert {finding.key for finding in caught.value.findings} == {key}


def test_a_file_without_its_environment_is_refused(stacks: list[BuiltStack], folder: Path) -> None:
    """``Environment`` is the one key that every environment needs."""
    (folder / "dev.json").write_text("{}", "utf-8")

    assert not Draft7Validator(schemas.environment_schema(stacks)).is_valid({})
    with pytest.raises(EnvironmentsError, match="Environment: The key is missing"):
        environments.read(folder, stacks)


def test_the_shared_file_has_no_environment(stacks: list[BuiltStack], folder: Path) -> None:
    """The file of each environment has its name."""
    content = change(folder / SHARED, Environment="dev")

    assert not Draft7Validator(schemas.shared_schema(stacks)).is_valid(content)
    with pytest.raises(EnvironmentsError, match="the file of each environment sets this key"):
        environments.read(folder, stacks)


def test_the_keys_that_are_not_parameters(stacks: list[BuiltStack], folder: Path) -> None:
    """``$schema`` is ignored, whatever it contains, and ``AccountId`` may be in each file."""
    content = change(folder / "dev.json", **{"$schema": ["x"], "AccountId": "000000000012"})
    shared = change(folder / SHARED, **{"$schema": "x", "AccountId": "123456789012"})

    environments.read(folder, stacks)
    Draft7Validator(schemas.environment_schema(stacks)).validate(content)
    Draft7Validator(schemas.shared_schema(stacks)).validate(shared)


def test_an_editor_shows_descriptions_and_defaults(stacks: list[BuiltStack]) -> None:
    """They are those of the templates, a number and a switch as our files write them."""
    properties = schemas.environment_schema(stacks)["properties"]

    for stack in stacks:
        for name in stack.in_files:
            assert properties[name]["description"] == stack.parameters[name]["Description"]
    assert (properties["LambdaMemorySize"]["default"], properties["WAFEnabled"]["default"]) == (1024, True)
    assert properties["DatabaseName"]["default"] == "csr_lambda_prod"


# ---- Any declaration ----

TEXT = {"Type": "String"}
NUMBER = {"Type": "Number"}
DECLARATIONS: tuple[Mapping[str, Any], ...] = (
    TEXT,
    {**TEXT, "MinLength": 2},
    {**TEXT, "MaxLength": 2},
    {**TEXT, "MinLength": 1, "MaxLength": 3, "AllowedPattern": "[a-z]+|1"},
    {**TEXT, "AllowedPattern": "|a|ab"},
    {**TEXT, "AllowedValues": ["a", "ab", "1", ""]},
    {**TEXT, "AllowedValues": [1, 2.5]},
    {**TEXT, "AllowedValues": ["true", "false"]},
    {**TEXT, "AllowedValues": [False, True]},
    NUMBER,
    {**NUMBER, "MinValue": 2},
    {**NUMBER, "MaxValue": "2.5"},
    {**NUMBER, "MinValue": -1, "MaxValue": 12},
    {**NUMBER, "AllowedPattern": "[0-9]{1,2}"},
    {**NUMBER, "AllowedValues": [1, "2.5", 12]},
    {"Type": ZONE},
    {"Type": ZONE, "AllowedPattern": "ap-northeast-1[ac]"},
)
TEXTS = ("", "a", "ab", "abc", "abcd", "1", "-1", "2.5", "12", "01", "true", "false", "\u3042", "x" * 4096)
VALUES: tuple[Any, ...] = (
    *TEXTS,
    "ap-northeast-1a",
    "us-east-1a",
    1,
    -1,
    2,
    2.5,
    3,
    12,
    13,
    True,
    False,
    None,
    ["a"],
    {},
)


def stack_with(number: int, declaration: Mapping[str, Any]) -> BuiltStack:
    """Return a stack with one parameter."""
    template = {"Parameters": {"P": declaration}}
    return BuiltStack(f"s{number}", f"s{number}.yaml", "ap-northeast-1", template)


def test_the_schema_accepts_what_the_build_accepts() -> None:
    """Any value of a parameter of any form, in one stack, or in two that declare it differently."""
    read = [json.loads(json.dumps(value), parse_int=Number, parse_float=Number) for value in VALUES]
    accepted = 0
    for first, second in itertools.combinations_with_replacement(DECLARATIONS, 2):
        stacks = [stack_with(1, first), stack_with(2, second)]
        validator = Draft7Validator(schemas.shared_schema(stacks))
        for value, as_read in zip(VALUES, read, strict=True):
            if not value_refusals(as_read, "P", stacks):
                accepted += 1
                assert validator.is_valid({"P": value}), (first, second, value)
    assert accepted > 300


@pytest.mark.parametrize("declaration", DECLARATIONS, ids=str)
def test_the_schema_of_any_declaration_is_valid(declaration: Mapping[str, Any]) -> None:
    """And it refuses what the build refuses, but for what only the text of a number shows."""
    schema = schemas.shared_schema([stack_with(1, declaration)])

    Draft7Validator.check_schema(schema)
    for value in VALUES:
        as_read = json.loads(json.dumps(value), parse_int=Number, parse_float=Number)
        is_valid = Draft7Validator(schema).is_valid({"P": value})
        is_accepted = not value_refusals(as_read, "P", [stack_with(1, declaration)])
        is_judged_as_text = isinstance(value, str) or "AllowedPattern" in declaration
        if declaration["Type"] != "Number" or not is_judged_as_text:
            assert is_valid == is_accepted, value


@pytest.mark.skipif(not shutil.which("node"), reason="needs Node.js")
def test_an_editor_can_read_the_patterns(stacks: list[BuiltStack]) -> None:
    """They are expressions of JavaScript too, in its strict mode, which editors try first."""
    patterns = re.findall(r'"pattern": ("(?:[^"\\]|\\.)*")', json.dumps(schemas.environment_schema(stacks)))
    code = f"for (const pattern of [{','.join(patterns)}]) new RegExp(pattern, 'u')"

    done = subprocess.run(["node", "-e", code], capture_output=True, text=True, check=False)

    assert len(patterns) > 10
    assert (done.returncode, done.stderr) == (0, "")
