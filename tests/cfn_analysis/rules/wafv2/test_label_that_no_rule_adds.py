"""Labels of web ACLs."""


def acl(key: str, priority: int = 1, name: str = "own:bad") -> str:
    """Return a template with a rule that adds a label, and one that asks for it."""
    return f"""
  Acl:
    Type: AWS::WAFv2::WebACL
    Properties:
      Rules:
        - Name: a
          Priority: {priority}
          RuleLabels: [{{Name: '{name}'}}]
          Statement: {{GeoMatchStatement: {{}}}}
        - {{Name: b, Priority: 2, Statement: {{LabelMatchStatement: {{Scope: LABEL, Key: '{key}'}}}}}}
"""


GOOD = {
    "added": acl("own:bad"),
    "end": acl("bad"),
    "of a managed group": acl("awswaf:managed:aws:bot-control:signal:x"),
}

BAD = {
    "never": (
        acl("own:worse"),
        "Resources/Acl/Properties/Rules/1/Statement/LabelMatchStatement/Key",
        "Key is own:worse, a label that no rule adds: the rule never matches.",
    ),
    "later": (
        acl("own:bad", 3),
        "Resources/Acl/Properties/Rules/1/Statement/LabelMatchStatement/Key",
        "Key is own:bad, a label that only a later rule adds: the rule never matches.",
    ),
}
