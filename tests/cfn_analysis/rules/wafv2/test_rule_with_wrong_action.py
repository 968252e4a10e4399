"""Rules of a web ACL."""

from ..harness import frame, row

GEO = "Statement: {GeoMatchStatement: {CountryCodes: [KP]}}"
MANAGED = "Statement: {ManagedRuleGroupStatement: {VendorName: AWS, Name: Common}}"
OWN_GROUP = "Statement: {RuleGroupReferenceStatement: {Arn: arn}}"
PLAIN = "Its statement is not a rule group, so it accepts only Action, for example {Block: {}}."

GROUP = (
    "Its statement is a ManagedRuleGroupStatement, which accepts only OverrideAction: {None: {}} leaves the "
    "group's own actions."
)

acl = frame("""
  Guard: {Type: AWS::WAFv2::<kind=WebACL>, Properties: {Rules: [<rule>]}}
""")

rate = frame("""
  Guard:
    Type: AWS::WAFv2::WebACL
    Properties:
      DefaultAction: {Allow: {}}
      Rules:
        - Name: rate
          Priority: 1
          Action: <action>
          Statement: {RateBasedStatement: {Limit: 1000, AggregateKeyType: IP}}
""")

case = row(acl("<rule>", kind="<kind>"), "Resources/Guard/Properties/Rules/0<path>", "<message>")

ROWS = {
    "no action": (f"{{Name: a, {GEO}}}", "", f'Rule "a" has no Action. {PLAIN}'),
    "no override": (f"{{Name: a, {MANAGED}}}", "", f'Rule "a" has no OverrideAction. {GROUP}'),
    "override without group": (
        f"{{Name: a, {GEO}, OverrideAction: {{None: {{}}}}}}",
        "/OverrideAction",
        f'Rule "a" has OverrideAction and no Action. {PLAIN}',
    ),
    "action of a group": (
        f"{{Name: a, {MANAGED}, Action: {{Block: {{}}}}}}",
        "/Action",
        f'Rule "a" has Action and no OverrideAction. {GROUP}',
    ),
    "both of a group": (
        f"{{Name: a, {MANAGED}, Action: {{Block: {{}}}}, OverrideAction: {{None: {{}}}}}}",
        "/Action",
        f'Rule "a" has Action beside OverrideAction. {GROUP}',
    ),
    "both without group": (
        f"{{Name: a, {GEO}, Action: {{Block: {{}}}}, OverrideAction: {{None: {{}}}}}}",
        "/OverrideAction",
        f'Rule "a" has OverrideAction beside Action. {PLAIN}',
    ),
    "two actions": (
        f"{{Name: a, {GEO}, Action: {{Block: {{}}, Count: {{}}}}}}",
        "/Action",
        'Rule "a" has 2 entries in Action. Exactly one is allowed.',
    ),
    "empty action": (
        f"{{Name: a, {GEO}, Action: {{}}}}",
        "/Action",
        'Rule "a" has 0 entries in Action. Exactly one is allowed.',
    ),
    "action in one branch": (
        f"{{Name: a, {GEO}, Action: !If [Strict, {{Block: {{}}}}, !Ref AWS::NoValue]}}",
        "/Action",
        f'Rule "a" has no Action when Strict is false. {PLAIN}',
    ),
    "both in one branch": (
        f"{{Name: a, {MANAGED}, OverrideAction: {{None: {{}}}}, "
        "Action: !If [Strict, {Block: {}}, !Ref AWS::NoValue]}",
        "/Action",
        f'Rule "a" has Action beside OverrideAction when Strict is true. {GROUP}',
    ),
    "rule in one branch": (
        f"!If [Strict, {{Name: a, {GEO}}}, !Ref AWS::NoValue]",
        "",
        f'Rule "a" has no Action when Strict is true. {PLAIN}',
    ),
}

GOOD = {
    "action": acl(f"{{Name: a, {GEO}, Action: {{Block: {{}}}}}}"),
    "managed group": acl(f"{{Name: a, {MANAGED}, OverrideAction: {{None: {{}}}}}}"),
    "own group": acl(f"{{Name: a, {OWN_GROUP}, OverrideAction: {{Count: {{}}}}}}"),
    "both branches": acl(f"{{Name: a, {GEO}, Action: !If [Strict, {{Block: {{}}}}, {{Count: {{}}}}]}}"),
    "one action in each case": acl(
        f"{{Name: a, {GEO}, Action: {{Block: !If [Strict, {{}}, !Ref AWS::NoValue], "
        "Count: !If [Strict, !Ref AWS::NoValue, {}]}}"
    ),
    "two rules": acl(
        f"!If [Strict, {{Name: a, {GEO}, Action: {{Block: {{}}}}}}, "
        f"{{Name: b, {MANAGED}, OverrideAction: {{None: {{}}}}}}]"
    ),
    "statement that a function hides": acl("{Name: a, Statement: !FindInMap [A, b, c]}"),
    "no statement, which another rule finds": acl("{Name: a}"),
    "rate that counts": rate("{Count: {}}"),
}

BAD = {
    **{f"{name}, {kind}": case(kind, *row) for kind in ("WebACL", "RuleGroup") for name, row in ROWS.items()},
    "rate that allows": (
        rate("{Allow: {}}"),
        "Resources/Guard/Properties/Rules/0/Action",
        'Rule "rate" has the action Allow and a RateBasedStatement. Any other is allowed, '
        "for example {Block: {}}.",
    ),
}
