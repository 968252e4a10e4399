"""Web ACLs and what they do."""

GROUP = "Statement: {ManagedRuleGroupStatement: {VendorName: AWS, Name: Common}}"
GEO = "Statement: {GeoMatchStatement: {CountryCodes: [KP]}}"


def acl(*rules: str, default: str = "Allow: {}") -> str:
    """Return a template with one web ACL."""
    listed = ", ".join(f"{{{rule}}}" for rule in rules)
    return f"""
  Acl: {{Type: AWS::WAFv2::WebACL, Properties: {{DefaultAction: {{{default}}}, Rules: [{listed}]}}}}
"""


GOOD = {
    "blocks": acl(f"{GEO}, Action: {{Block: {{}}}}", f"{GROUP}, OverrideAction: {{Count: {{}}}}"),
    "group": acl(f"{GROUP}, OverrideAction: {{None: {{}}}}"),
    "blocks by default": acl(f"{GEO}, Action: {{Count: {{}}}}", default="Block: {}"),
}

BAD = {
    "counts": (
        acl(f"{GEO}, Action: {{Count: {{}}}}", f"{GROUP}, OverrideAction: {{Count: {{}}}}"),
        "Resources/Acl/Properties/Rules",
        "DefaultAction is Allow, and every rule only counts: no request is blocked. Set a rule to Block.",
    ),
    "nothing": (
        acl(),
        "Resources/Acl/Properties",
        "DefaultAction is Allow, and there is no rule: no request is blocked. Set a rule to Block.",
    ),
    "one branch": (
        acl(f"{GROUP}, OverrideAction: !If [Trial, {{Count: {{}}}}, {{None: {{}}}}]"),
        "Resources/Acl/Properties/Rules",
        "DefaultAction is Allow when Trial is true, and every rule only counts: no request is "
        "blocked. Set a rule to Block.",
    ),
}
