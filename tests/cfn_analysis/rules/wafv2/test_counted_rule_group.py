"""Rule groups in web ACLs."""

from ..harness import frame, row

acl = frame("""
  Acl:
    Type: AWS::WAFv2::WebACL
    Properties:
      Rules:
        - {Name: a, Statement: {ManagedRuleGroupStatement: {Name: b}}, OverrideAction: <override>}
""")

case = row(
    "<text>",
    "Resources/Acl/Properties/Rules/0/OverrideAction",
    'OverrideAction of "a" is <found>: the group blocks nothing. Write None, and exclude single rules '
    "with RuleActionOverrides.",
)

GOOD = {
    "own actions": acl("{None: {}}"),
}

BAD = {
    "counts": case(acl("{Count: {}}"), "Count"),
    "one branch": case(acl("!If [Trial, {Count: {}}, {None: {}}]"), "Count when Trial is true"),
}
