"""E9085 on exports with names of their own, and with the same name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csr_templates.rules import DuplicateExport

if TYPE_CHECKING:
    from tests.rules.conftest import Judge

HEAD = """
Parameters:
  Environment: {Type: String, Default: prod, AllowedValues: [dev, prod]}
  Peer: {Type: String, Default: dev, AllowedValues: [dev, prod]}
  Switch: {Type: String, Default: "true", AllowedValues: ["true", "false"]}
Conditions:
  Never: !And [!Condition Switched, !Not [!Condition Switched]]
  Switched: !Equals [!Ref Switch, "true"]
  Unswitched: !Not [!Condition Switched]
Resources:
  Topic: {Type: AWS::SNS::Topic}
Outputs:
"""


def outputs(*names: str, attributes: tuple[str, ...] = ("", "")) -> str:
    """Return a template with an output for each export name."""
    lines = (
        f"  Out{index}: {{Value: x, {attributes[index] if index < len(attributes) else ''} "
        f"Export: {{Name: {name}}}}}\n"
        for index, name in enumerate(names)
    )
    return HEAD + "".join(lines)


def message(name: str) -> str:
    """Return what the rule says about the second of two outputs."""
    return (
        f"Export.Name is {name}, and Out0 is exported under the same name: the stack fails. Give each export "
        "a name of its own."
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(outputs("a", "b"), id="literal"),
        pytest.param(outputs("!Sub '${Environment}-a'", "!Sub '${Environment}-b'"), id="Sub"),
        pytest.param(outputs("!If [Switched, a, b]", "!If [Switched, b, a]"), id="never at the same time"),
        pytest.param(
            outputs("a", "a", attributes=("Condition: Switched,", "Condition: Unswitched,")),
            id="conditions that exclude each other",
        ),
        pytest.param(
            outputs("!Sub '${Environment}-a'", "!Sub '${Peer}-a'"), id="two parameters with other defaults"
        ),
        pytest.param(outputs("!Sub '${Topic}-a'", "!Sub '${Topic}-b'"), id="names that only AWS knows"),
        pytest.param(outputs("a", "a", attributes=("", "Condition: Never,")), id="output that never is"),
        pytest.param(HEAD + "  A: {Value: x}\n  B: {Value: x}\n", id="no exports"),
        pytest.param("Resources: {}", id="no outputs"),
    ],
)
def test_accepts(judge: Judge, text: str) -> None:
    """Exports with names of their own pass."""
    assert judge(DuplicateExport, text) == []


SUB = '{"Fn::Sub": "${Environment}-a"}'


@pytest.mark.parametrize(
    ("text", "name"),
    [
        pytest.param(outputs("a", "a"), '"a"', id="literal"),
        pytest.param(outputs("!Sub '${Environment}-a'", "!Sub '${Environment}-a'"), SUB, id="the same Sub"),
        pytest.param(outputs("prod-a", "!Sub '${Environment}-a'"), SUB, id="Sub of a parameter default"),
        pytest.param(
            outputs("!Join ['-', [!Ref Environment, a]]", "!Sub '${Environment}-a'"), SUB, id="Join and Sub"
        ),
        pytest.param(
            outputs("!Sub '${Topic}-a'", "!Sub '${Topic}-a'"),
            '{"Fn::Sub": "${Topic}-a"}',
            id="the same function that only AWS can resolve",
        ),
        pytest.param(
            outputs("a", "!If [Switched, a, b]"), '{"Fn::If": ["Switched", "a", "b"]}', id="first branch"
        ),
        pytest.param(
            outputs("b", "!If [Switched, a, b]"), '{"Fn::If": ["Switched", "a", "b"]}', id="second branch"
        ),
        pytest.param(
            outputs("a", "a", attributes=("Condition: Switched,", "Condition: Switched,")),
            '"a"',
            id="the same condition",
        ),
        pytest.param(outputs("a", "a", attributes=("Condition: Switched,", "")), '"a"', id="one condition"),
    ],
)
def test_refuses(judge: Judge, text: str, name: str) -> None:
    """The second export of a name is found."""
    assert judge(DuplicateExport, text) == [("Outputs/Out1/Export/Name", message(name))]


def test_three_of_a_name_are_two_findings(judge: Judge) -> None:
    """Each further export of a name is found, and the first is named."""
    assert judge(DuplicateExport, outputs("a", "a", "a")) == [
        ("Outputs/Out1/Export/Name", message('"a"')),
        ("Outputs/Out2/Export/Name", message('"a"')),
    ]


def test_given_parameter_values_replace_the_defaults(judge: Judge) -> None:
    """With parameter values the names are made of them."""
    text = outputs("dev-a", "!Sub '${Environment}-a'")

    assert judge(DuplicateExport, text) == []
    assert judge(DuplicateExport, text, {"Environment": "dev"}) == [
        ("Outputs/Out1/Export/Name", message(SUB))
    ]
