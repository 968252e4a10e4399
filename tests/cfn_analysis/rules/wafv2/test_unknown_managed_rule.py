"""Managed rule groups."""

from ..harness import frame

group = frame("""
  Acl:
    Type: AWS::WAFv2::WebACL
    Properties:
      Rules: [{Name: a, Statement: {ManagedRuleGroupStatement: {VendorName: AWS, Name: <name><more=>}}}]
""")

override = frame(", RuleActionOverrides: [{Name: <rule>, ActionToUse: {Count: {}}}]")

GOOD = {
    "known": group("AWSManagedRulesCommonRuleSet", override("SizeRestrictions_BODY")),
    "group with other rules": group("AWSManagedRulesBotControlRuleSet", override("Anything")),
    "rule of the newest version": group(
        "AWSManagedRulesSQLiRuleSet", override("SQLiExtendedPatterns_HEADER")
    ),
    "rule of an older version": group("AWSManagedRulesLinuxRuleSet", override("LFI_COOKIE")),
    "newer than the list": group("AWSManagedRulesSomething"),
    "newer rule": """
  Guard:
    Type: AWS::WAFv2::WebACL
    Properties:
      Rules:
        - Name: a
          Statement:
            ManagedRuleGroupStatement:
              VendorName: AWS
              Name: AWSManagedRulesPHPRuleSet
              RuleActionOverrides: [{Name: UnheardOf_COOKIE, ActionToUse: {Count: {}}}]
""",
}

BAD = {
    "component": (
        group("AWSManagedRulesCommonRuleSet", override("SizeRestrictions_QueryString")),
        "Resources/Acl/Properties/Rules/0/Statement/ManagedRuleGroupStatement",
        "AWSManagedRulesCommonRuleSet has no rule SizeRestrictions_QueryString: the override has "
        "no effect. Did you mean SizeRestrictions_QUERYSTRING?",
    ),
    "group": (
        group("AWSManagedRulesCommonRuleset"),
        "Resources/Acl/Properties/Rules/0/Statement/ManagedRuleGroupStatement/Name",
        "Name is AWSManagedRulesCommonRuleset, which is not a group of AWS. Did you mean "
        "AWSManagedRulesCommonRuleSet?",
    ),
    "rule": (
        group("AWSManagedRulesCommonRuleSet", override("SizeRestriction_BODY")),
        "Resources/Acl/Properties/Rules/0/Statement/ManagedRuleGroupStatement",
        "AWSManagedRulesCommonRuleSet has no rule SizeRestriction_BODY: the override has "
        "no effect. Did you mean SizeRestrictions_BODY?",
    ),
}
