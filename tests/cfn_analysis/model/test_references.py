"""``references``: the references in a part of a template, and values as text."""

from typing import Any

import pytest

from cfn_analysis.model.references import Use, entries, in_words, place_in_words, uses
from csr_templates.naming import PREFIX

NAME = {"Fn::Sub": "${ProjectName}-${Environment}-vpc-id"}


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        pytest.param({"A": {"Ref": "B"}}, [Use(("A",), "name", "B")], id="Ref"),
        pytest.param({"A": {"Fn::GetAtt": ["B", "Arn"]}}, [Use(("A",), "name", "B")], id="GetAtt"),
        pytest.param({"A": {"Fn::GetAtt": "B.Arn"}}, [Use(("A",), "name", "B")], id="GetAtt as text"),
        pytest.param(
            {"Fn::Sub": "${A}-${B.Arn}-${!C}"}, [Use((), "name", "A"), Use((), "name", "B")], id="Sub"
        ),
        pytest.param(
            {"Fn::Sub": ["${A}-${B}", {"A": {"Ref": "C"}}]},
            [Use((), "name", "B"), Use((), "name", "C")],
            id="Sub with a variable",
        ),
        pytest.param(
            {"A": {"Fn::If": ["Big", {"Ref": "B"}, {"C": [{"Ref": "D"}]}]}},
            [Use(("A",), "condition", "Big"), Use(("A",), "name", "B"), Use(("A", "C", 0), "name", "D")],
            id="If leaves no trace in the place",
        ),
        pytest.param(
            {"A": [{"Fn::Join": ["-", [{"Ref": "B"}]]}]},
            [Use(("A", 0, 0), "name", "B")],
            id="other functions",
        ),
        pytest.param(
            {"Fn::ImportValue": {"Fn::Sub": "${P}-vpc"}},
            [Use((), "import", "${P}-vpc"), Use((), "name", "P")],
            id="ImportValue",
        ),
        pytest.param(
            {"Fn::GetStackOutput": {"StackName": "api", "OutputName": "Id", "Region": {"Ref": "R"}}},
            [Use((), "output", "api/Id"), Use((), "name", "R")],
            id="GetStackOutput",
        ),
        pytest.param(
            {"A": "{{resolve:secretsmanager:db-login:SecretString:password}}"},
            [Use(("A",), "secret", "db-login")],
            id="dynamic reference",
        ),
        pytest.param(
            {"A": ["a", "{{resolve:secretsmanager:db-login:SecretString:password}}"]},
            [Use(("A", 1), "secret", "db-login")],
            id="dynamic reference in a list",
        ),
        pytest.param(
            {"A": {"Fn::Sub": "{{resolve:secretsmanager:${B}:SecretString:password}}"}},
            [Use(("A",), "name", "B"), Use(("A",), "secret", "${B}")],
            id="dynamic reference in a Sub",
        ),
        pytest.param(
            {"A": {"Fn::Not": [{"Condition": "Big"}]}}, [Use(("A",), "condition", "Big")], id="Condition"
        ),
        pytest.param({"Condition": {"StringEquals": {"a": "b"}}}, [], id="condition of a policy"),
        pytest.param(
            {"Condition": {"StringEquals": {"aws:PrincipalOrgID": {"Ref": "B"}}}},
            [Use(("Condition", "StringEquals", "aws:PrincipalOrgID"), "name", "B")],
            id="in the condition of a policy",
        ),
        pytest.param(
            {"Ref": [{"Ref": "B"}]}, [Use(("Ref", 0), "name", "B")], id="in a property that is called Ref"
        ),
        pytest.param(
            {"A": {"Fn::FindInMap": ["M", {"Ref": "B"}, "K"]}},
            [Use(("A",), "mapping", "M"), Use(("A",), "name", "B")],
            id="FindInMap",
        ),
        pytest.param(
            {"A": {"Fn::FindInMap": [{"Ref": "B"}, "T", "K"]}},
            [Use(("A",), "mapping", "*"), Use(("A",), "name", "B")],
            id="a mapping that a deploy chooses",
        ),
        pytest.param(
            {"A": {"Fn::Base64": {"Ref": "B"}}}, [Use(("A",), "name", "B")], id="in the argument of Base64"
        ),
        pytest.param(
            {"A": {"Fn::Select": [0, {"Fn::GetAZs": {"Ref": "B"}}]}},
            [Use(("A",), "name", "B")],
            id="in the argument of GetAZs",
        ),
        pytest.param(
            {"A": ({"Ref": "B"}, ["c", ({"Ref": "D"},)])},
            [Use(("A", 0), "name", "B"), Use(("A", 1, 1, 0), "name", "D")],
            id="tuples are lists",
        ),
    ],
)
def test_finds_every_name(node: Any, expected: list[Use]) -> None:
    """Every kind of reference to a parameter, resource, condition or output is found, with its position."""
    assert list(uses(node)) == expected


def test_entries_of_a_key() -> None:
    """Every argument of a function is found, also in another one, with its place without functions."""
    node = {
        "A": [{"Fn::Sub": "a"}, ({"Fn::Sub": "b"},)],
        "B": {"Fn::If": ["C", {"Fn::Sub": ["c", {"D": {"Fn::Sub": "d"}}]}, 1]},
        "E": "Fn::Sub",
    }

    assert entries(node, "Fn::Sub") == [
        (("A", 0), "a"),
        (("A", 1, 0), "b"),
        (("B", 1), ["c", {"D": {"Fn::Sub": "d"}}]),
        (("B", 1, 1, "D"), "d"),
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param("a b", "a b", id="text"),
        pytest.param(70, "70", id="number"),
        pytest.param(True, "true", id="boolean"),
        pytest.param({"Ref": "A"}, "${A}", id="Ref"),
        pytest.param({"Ref": "AWS::NoValue"}, "nothing", id="NoValue"),
        pytest.param({"Fn::GetAtt": ["A", "Arn"]}, "${A.Arn}", id="GetAtt"),
        pytest.param({"Fn::Sub": ["${A}/${B}", {"A": {"Ref": "C"}}]}, "${C}/${B}", id="Sub"),
        pytest.param({"Fn::Join": ["/", ["a", {"Ref": "B"}]]}, "a/${B}", id="Join"),
        pytest.param({"Fn::If": ["Big", 2, 1]}, "2 if Big, otherwise 1", id="If"),
        pytest.param({"Fn::ImportValue": NAME}, "import vpc-id", id="ImportValue"),
        pytest.param(
            {"Fn::GetStackOutput": {"StackName": {"Fn::Sub": f"{PREFIX}api"}, "OutputName": "Id"}},
            "output Id of api",
            id="GetStackOutput",
        ),
        pytest.param(["a", {"Ref": "B"}], "a, ${B}", id="list"),
        pytest.param({"Fn::Base64": "a"}, '{"Fn::Base64": "a"}', id="anything else"),
    ],
)
def test_values_are_readable(value: Any, text: str) -> None:
    """A value is shown as the resulting text, with names for unknown parts."""
    assert in_words(value) == text


def test_place_reads_as_in_messages() -> None:
    """Keys are joined by dots, and items of lists have their index."""
    assert place_in_words(("Resources", "A", "Properties", "Ids", 0, "Value")) == (
        "Resources.A.Properties.Ids[0].Value"
    )
