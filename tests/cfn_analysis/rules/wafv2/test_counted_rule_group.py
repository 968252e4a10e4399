"""Rule groups in web ACLs."""

from ..harness import frame

acl = frame("""
  Acl:
    Type: AWS::WAFv2::WebACL
    Properties:
      Rules:
        - {Name: a, Statement: {ManagedRuleGroupStatement: {Name: b}}, OverrideAction: <override>}
""")

GOOD = {
    "own actions": acl("{None: {}}"),
}

BAD = {
    "counts": (
        acl("{Count: {}}"),
        "Resources/Acl/Properties/Rules/0/OverrideAction",
        'OverrideAction of "a" is Count: the group blocks nothing. Write None, and exclude single '
        "rules with RuleActionOverrides.",
    ),
    "one branch": (
        acl("!If [Trial, {Count: {}}, {None: {}}]"),
        "Resources/Acl/Properties/Rules/0/OverrideAction",
        'OverrideAction of "a" is Count when Trial is true: the group blocks nothing. Write '
        "None, and exclude single rules with RuleActionOverrides.",
    ),
}
