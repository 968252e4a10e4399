"""The database accepts the connections of all execution environments."""

from typing import Any

import pytest

from cfn_analysis.model.built_stack import BuiltStack
from csr_templates.environments.connections import connection_findings
from csr_templates.environments.values import Candidate, Value


def stacks(max_connections: Any = "200", pool_size: str = "1") -> list[BuiltStack]:
    """Return a database with a second instance under a condition, and a function."""
    instance = {"Type": "AWS::RDS::DBInstance"}
    database: dict[str, Any] = {
        "Parameters": {"Reader": {"Type": "String", "Default": "true"}},
        "Conditions": {"HasReader": {"Fn::Equals": [{"Ref": "Reader"}, "true"]}},
        "Resources": {
            "Group": {
                "Type": "AWS::RDS::DBParameterGroup",
                "Properties": {"Parameters": {"max_connections": max_connections}},
            },
            "First": instance,
            "Second": instance | {"Condition": "HasReader"},
        },
    }
    function = {
        "Type": "AWS::Lambda::Function",
        "Properties": {"Environment": {"Variables": {"CONNECTION_POOL_SIZE": pool_size}}},
    }
    api = {
        "Parameters": {"LambdaReservedConcurrency": {"Type": "Number", "Default": 1}},
        "Resources": {"Function": function},
    }
    return [
        BuiltStack("database", "database.yaml", "ap-northeast-1", database),
        BuiltStack("api", "api.yaml", "ap-northeast-1", api),
    ]


def messages(built: list[BuiltStack], **values: str) -> list[str]:
    """Return the findings for the values of a file."""
    candidate = Candidate("dev", "dev.json", [*values], {*values})
    candidate.values = {name: Value(text, "dev.json", "") for name, text in values.items()}
    return [str(finding) for finding in connection_findings(candidate, built)]


@pytest.mark.parametrize(
    ("reserved", "reader", "pool_size"),
    [("180", "true", "1"), ("90", "false", "1"), ("90", "true", "2"), ("1", "true", "1")],
)
def test_connections_that_fit(reserved: str, reader: str, pool_size: str) -> None:
    """The most that fits is accepted."""
    built = stacks(pool_size=pool_size)

    assert messages(built, LambdaReservedConcurrency=reserved, Reader=reader) == []


def test_one_too_many() -> None:
    """The message has the arithmetic, and the most that fits."""
    assert messages(stacks(), LambdaReservedConcurrency="181", Reader="true") == [
        'dev.json: LambdaReservedConcurrency: Found "181", but an instance of the database can get 181 '
        "(execution environments) x 1 (CONNECTION_POOL_SIZE, for 1 of 2 endpoints) + 20 (for operators and "
        "RDS) = 201 connections, and accepts 200 (max_connections of Group). Set it to a number from 1 to "
        "180, or use a class with more memory and raise max_connections."
    ]


def test_a_single_instance_gets_the_connections_of_both_endpoints() -> None:
    """Without a reader, the endpoint for reading leads to the writer."""
    (message,) = messages(stacks(), LambdaReservedConcurrency="91", Reader="false")

    assert "91 (execution environments) x 2 (CONNECTION_POOL_SIZE, for 2 endpoints of a single" in message
    assert "from 1 to 90," in message


def test_no_reserved_concurrency() -> None:
    """The function can then use the default quota of the account."""
    (message,) = messages(stacks(), LambdaReservedConcurrency="0", Reader="true")

    assert 'Found "0", which reserves none, so that the function can use all of the account, but' in message
    assert "1,000 (execution environments) x 1" in message
    assert "= 1,020 connections" in message


@pytest.mark.parametrize(
    "built",
    [
        stacks("{DBInstanceClassMemory/12582880}"),
        stacks(pool_size="many"),
        stacks()[1:],
        stacks()[:1],
        [],
    ],
)
def test_unknown_numbers_are_not_compared(built: list[BuiltStack]) -> None:
    """A formula of RDS, no pool, or a system without a database or function."""
    assert messages(built, LambdaReservedConcurrency="5000") == []


def test_a_broken_template_is_not_resolved() -> None:
    """The linter reports a condition that does not exist."""
    built = stacks()
    built[0].template["Conditions"]["HasReader"] = {"Fn::Equals": ["true"]}

    assert messages(built, LambdaReservedConcurrency="5000", Reader="true") == []


def test_without_the_parameter() -> None:
    """A system may have another function."""
    assert messages(stacks()) == []
