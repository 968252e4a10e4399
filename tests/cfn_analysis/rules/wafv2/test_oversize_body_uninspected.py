"""Web ACLs that inspect bodies, with and without a rule on their size."""

from ..harness import frame

COUNTED = "RuleActionOverrides: [{Name: SizeRestrictions_BODY, ActionToUse: {Count: {}}}]"
BODY = "FieldToMatch: {Body: {}}"
TEXT = "TextTransformations: [{Priority: 0, Type: NONE}]"
LARGER = "AssociationConfig: {RequestBody: {CLOUDFRONT: {DefaultSizeInspectionLimit: KB_64}}}"

group = frame(
    "{Name: group, OverrideAction: {<override=None>: {}}, Statement: {ManagedRuleGroupStatement: "
    "{VendorName: <vendor=AWS>, Name: <name>, <more=>}}}"
)

own = frame("{Name: own, Action: {Block: {}}, Statement: {<statement>}}")

SQL = group("AWSManagedRulesSQLiRuleSet")
SIZE = own(f"SizeConstraintStatement: {{ComparisonOperator: GT, Size: 8192, {BODY}, {TEXT}}}")


def acl(*rules: str, default: str = "Allow") -> str:
    """Return a template with a web ACL."""
    return (
        f"  Acl: {{Type: AWS::WAFv2::WebACL, Properties: {{DefaultAction: {{{default}: {{}}}}, Rules: "
        f"[{', '.join(rules)}]}}}}\n"
    )


limited = frame("""
  Guard:
    Type: AWS::WAFv2::WebACL
    Properties:
      DefaultAction: {Allow: {}}
      <more=>
      Rules:
        - Name: group
          Priority: 1
          OverrideAction: {None: {}}
          Statement:
            ManagedRuleGroupStatement: {VendorName: AWS, Name: AWSManagedRulesSQLiRuleSet}
        - Name: size
          Priority: 5
          Action: {Block: {}}
          Statement:
            SizeConstraintStatement:
              ComparisonOperator: <comparison>
              Size: <size>
              FieldToMatch: {Body: {<oversize=>}}
              TextTransformations: [{Priority: 0, Type: NONE}]
""")


def case(
    text: str, path: str = "/0", rule: str = "group", when: str = "", *, of: str = "Acl"
) -> tuple[str, ...]:
    """The first rule that inspects bodies is named."""
    return (
        text,
        f"Resources/{of}/Properties/Rules{path}",
        f'Rule "{rule}" inspects bodies, of which WAF gets only the beginning, and no rule is about their '
        f"size{when}: what follows is not inspected. Add a rule with a "
        "SizeConstraintStatement on Body with OversizeHandling MATCH.",
    )


GOOD = {
    "size rule": acl(SQL, SIZE),
    "size rule inside another": acl(
        SQL, own(f"AndStatement: {{Statements: [{SIZE.partition('Statement: ')[2][:-1]}]}}")
    ),
    "the common rules restrict it": acl(SQL, group("AWSManagedRulesCommonRuleSet")),
    "oversize matches": acl(
        SQL, own(f"SqliMatchStatement: {{FieldToMatch: {{Body: {{OversizeHandling: MATCH}}}}, {TEXT}}}")
    ),
    "oversize does not match, as it says": acl(
        own(f"SqliMatchStatement: {{FieldToMatch: {{JsonBody: {{OversizeHandling: NO_MATCH}}}}, {TEXT}}}")
    ),
    "no body": acl(
        group("AWSManagedRulesAmazonIpReputationList"),
        own(f"SqliMatchStatement: {{FieldToMatch: {{QueryString: {{}}}}, {TEXT}}}"),
    ),
    "blocks by default": acl(SQL, default="Block"),
    "another group may limit it": acl(SQL, own("RuleGroupReferenceStatement: {Arn: a}")),
    "another vendor's group may limit it": acl(SQL, group("Rules", vendor="Other")),
    "a function hides a statement": acl(SQL, "{Name: b, Statement: !FindInMap [A, b, c]}"),
    "a function hides a rule": acl(SQL, "!FindInMap [A, b, c]"),
    "size rule in the same case": acl(*(f"!If [Strict, {rule}, !Ref AWS::NoValue]" for rule in (SQL, SIZE))),
    "more than it gets": limited("GT", 65536, oversize="OversizeHandling: MATCH"),
    "as much as it gets": limited("GE", 16384),
    "association": limited("GT", 32768, more=LARGER),
}

BAD = {
    "counted": case(acl(group("AWSManagedRulesCommonRuleSet", more=COUNTED))),
    "excluded": case(
        acl(group("AWSManagedRulesCommonRuleSet", more="ExcludedRules: [{Name: SizeRestrictions_BODY}]"))
    ),
    "the whole group is counted": case(acl(group("AWSManagedRulesCommonRuleSet", override="Count"))),
    "only for some requests": case(
        acl(
            group(
                "AWSManagedRulesCommonRuleSet",
                more="ScopeDownStatement: {GeoMatchStatement: {CountryCodes: [JP]}}",
            )
        )
    ),
    "group without a size rule": case(acl(SQL)),
    "own statement": case(
        acl(own(f"XssMatchStatement: {{{BODY}, {TEXT}}}")),
        rule="own",
    ),
    "own statement inside another": case(
        acl(
            own("GeoMatchStatement: {CountryCodes: [KP]}"),
            own(f"NotStatement: {{Statement: {{ByteMatchStatement: {{{BODY}, {TEXT}}}}}}}"),
        ),
        "/1",
        "own",
    ),
    "size of something else": case(
        acl(SQL, own(f"SizeConstraintStatement: {{FieldToMatch: {{QueryString: {{}}}}, {TEXT}}}"))
    ),
    "size rule in one case": case(
        acl(SQL, f"!If [Strict, {SIZE}, !Ref AWS::NoValue]"), "", when=" when Strict is false"
    ),
    "size that WAF never sees": case(limited("GT", 16384), of="Guard"),
    "size above the association": case(
        limited("GT", 65536, oversize="OversizeHandling: CONTINUE", more=LARGER), of="Guard"
    ),
}
