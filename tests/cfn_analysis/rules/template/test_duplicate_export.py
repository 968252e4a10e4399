"""Exports with names of their own, and with the same name."""

from ..harness import frame, row

HEAD = """
Parameters:
  Environment: {Type: String, Default: prod, AllowedValues: [dev, prod]}
  Peer: {Type: String, Default: dev, AllowedValues: [dev, prod]}
Conditions:
  Never: !And [!Condition Switched, !Not [!Condition Switched]]
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


message = frame(
    "Export.Name is <name>, and Out0 is exported under the same name: the stack fails. Give each export "
    "a unique name."
)

SUB = '{"Fn::Sub": "${Environment}-a"}'
GIVEN = outputs("dev-a", "!Sub '${Environment}-a'")

PATH = "Outputs/Out1/Export/Name"

case = row(
    "<text>",
    "Outputs/Out1/Export/Name",
    "Export.Name is <found>, and Out0 is exported under the same name: the stack fails. Give each "
    "export a unique name.",
)

GOOD = {
    "literal": outputs("a", "b"),
    "Sub": outputs("!Sub '${Environment}-a'", "!Sub '${Environment}-b'"),
    "never at the same time": outputs("!If [Switched, a, b]", "!If [Switched, b, a]"),
    "conditions that exclude each other": outputs(
        "a", "a", attributes=("Condition: Switched,", "Condition: NotSwitched,")
    ),
    "two parameters with other defaults": outputs("!Sub '${Environment}-a'", "!Sub '${Peer}-a'"),
    "names that only AWS knows": outputs("!Sub '${Topic}-a'", "!Sub '${Topic}-b'"),
    "output that never is": outputs("a", "a", attributes=("", "Condition: Never,")),
    "no exports": HEAD + "  A: {Value: x}\n  B: {Value: x}\n",
    "no outputs": "Resources: {}",
    "default, where no value is given": GIVEN,
}

BAD = {
    "literal": case(outputs("a", "a"), '"a"'),
    "the same Sub": case(
        outputs("!Sub '${Environment}-a'", "!Sub '${Environment}-a'"), '{"Fn::Sub": "${Environment}-a"}'
    ),
    "Sub of a parameter default": case(
        outputs("prod-a", "!Sub '${Environment}-a'"), '{"Fn::Sub": "${Environment}-a"}'
    ),
    "Join and Sub": case(
        outputs("!Join ['-', [!Ref Environment, a]]", "!Sub '${Environment}-a'"),
        '{"Fn::Sub": "${Environment}-a"}',
    ),
    "the same function that only AWS can resolve": case(
        outputs("!Sub '${Topic}-a'", "!Sub '${Topic}-a'"), '{"Fn::Sub": "${Topic}-a"}'
    ),
    "first branch": case(outputs("a", "!If [Switched, a, b]"), '{"Fn::If": ["Switched", "a", "b"]}'),
    "second branch": case(outputs("b", "!If [Switched, a, b]"), '{"Fn::If": ["Switched", "a", "b"]}'),
    "the same condition": case(
        outputs("a", "a", attributes=("Condition: Switched,", "Condition: Switched,")), '"a"'
    ),
    "one condition": case(outputs("a", "a", attributes=("Condition: Switched,", "")), '"a"'),
    "three of a name are two findings": (
        outputs("a", "a", "a"),
        "Outputs/Out1/Export/Name",
        message('"a"'),
        "Outputs/Out2/Export/Name",
        message('"a"'),
    ),
    "given value": (GIVEN, message(SUB), {"parameters": {"Environment": "dev"}}),
}
