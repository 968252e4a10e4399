"""Good and broken aliases."""

from ..harness import frame

MESSAGE = (
    "ProvisionedConcurrentExecutions {ready}, but ReservedConcurrentExecutions of Function {most}: Lambda "
    "refuses to keep more environments ready than the function can use. Reserve more, or provision less."
)

alias = frame("""
Parameters:
  Ready: {Type: Number, Default: 10, MaxValue: 1000}
  Most: {Type: Number, Default: 5, MinValue: 0}
  Sizes: {Type: Number, Default: 5, AllowedValues: [5, 500]}
  Any: {Type: Number}
Conditions:
  Prod: !Equals [!Ref Any, "1"]
Resources:
  Function: {Type: AWS::Lambda::Function, Properties: {ReservedConcurrentExecutions: <most>}}
  Alias: {Type: AWS::Lambda::<kind=Alias>, Properties: {FunctionName: <function=!Ref Function>,
      ProvisionedConcurrencyConfig: <ready>}}
""")

ready = frame("{ProvisionedConcurrentExecutions: <number>}")


def case(kind: str, provisioned: str, reserved: str, message: str) -> tuple[str, ...]:
    """More environments than the function may have are found."""
    return (
        alias(ready=provisioned, most=reserved, kind=kind),
        "Resources/Alias/Properties/ProvisionedConcurrencyConfig/ProvisionedConcurrentExecutions",
        message,
    )


ROWS = {
    "literal": (ready("10"), "5", MESSAGE.format(ready="is 10", most="is 5")),
    "switched off": (ready("1"), "0", MESSAGE.format(ready="is 1", most="is 0")),
    "parameter defaults": (
        ready("!Ref Ready"),
        "!Ref Most",
        MESSAGE.format(
            ready='is {"Ref": "Ready"}, which can be "10"', most='is {"Ref": "Most"}, which can be "5"'
        ),
    ),
    "Sub": (
        ready("!Sub '${Ready}'"),
        "5",
        MESSAGE.format(ready='is {"Fn::Sub": "${Ready}"}, which can be "10"', most="is 5"),
    ),
    "one branch of the function": (
        ready("10"),
        "!If [Prod, 500, 5]",
        MESSAGE.format(ready="is 10", most='is {"Fn::If": ["Prod", 500, 5]}, which is 5 when Prod is false'),
    ),
    "one branch of both": (
        f"!If [Prod, {ready('10')}, !Ref AWS::NoValue]",
        "!If [Prod, 5, 500]",
        MESSAGE.format(ready="is 10", most='is {"Fn::If": ["Prod", 5, 500]}, which is 5 when Prod is true'),
    ),
}

GOOD = {
    "as many": alias(ready=ready("10"), most="10"),
    "none reserved": alias(ready=ready("10"), most="!Ref AWS::NoValue"),
    "not known": alias(ready=ready("10"), most="!Ref Any"),
    "parameter that might be more": alias(ready=ready("!Ref Ready"), most="20"),
    "allowed value that might be more": alias(ready=ready("!Ref Sizes"), most="5"),
    "function of another template": alias(ready=ready("10"), most="5", function="!ImportValue function"),
    "Sub": alias(ready=ready("!Sub '5'"), most="!Sub '50'"),
    "both branches": alias(ready=ready("!If [Prod, 10, 1]"), most="!If [Prod, 10, 1]"),
    "none provisioned": alias(ready="!Ref AWS::NoValue", most="0"),
}

BAD = {f"{name}, {kind}": case(kind, *row) for kind in ("Alias", "Version") for name, row in ROWS.items()}
