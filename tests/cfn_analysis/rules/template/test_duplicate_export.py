"""Exports with names of their own, and with the same name."""

from ..harness import frame

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
    "literal": (outputs("a", "a"), message('"a"')),
    "the same Sub": (
        outputs("!Sub '${Environment}-a'", "!Sub '${Environment}-a'"),
        message(SUB),
    ),
    "Sub of a parameter default": (
        outputs("prod-a", "!Sub '${Environment}-a'"),
        message(SUB),
    ),
    "Join and Sub": (
        outputs("!Join ['-', [!Ref Environment, a]]", "!Sub '${Environment}-a'"),
        message(SUB),
    ),
    "the same function that only AWS can resolve": (
        outputs("!Sub '${Topic}-a'", "!Sub '${Topic}-a'"),
        message('{"Fn::Sub": "${Topic}-a"}'),
    ),
    "first branch": (
        outputs("a", "!If [Switched, a, b]"),
        message('{"Fn::If": ["Switched", "a", "b"]}'),
    ),
    "second branch": (
        outputs("b", "!If [Switched, a, b]"),
        message('{"Fn::If": ["Switched", "a", "b"]}'),
    ),
    "the same condition": (
        outputs("a", "a", attributes=("Condition: Switched,", "Condition: Switched,")),
        message('"a"'),
    ),
    "one condition": (
        outputs("a", "a", attributes=("Condition: Switched,", "")),
        message('"a"'),
    ),
    "three of a name are two findings": (
        outputs("a", "a", "a"),
        "Outputs/Out1/Export/Name",
        message('"a"'),
        "Outputs/Out2/Export/Name",
        message('"a"'),
    ),
    "given value": (GIVEN, message(SUB), {"parameters": {"Environment": "dev"}}),
}
