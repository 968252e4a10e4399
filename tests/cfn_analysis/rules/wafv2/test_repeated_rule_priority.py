"""Rules of a web ACL."""

from ..harness import frame, row

MESSAGE = (
    'Priority of the rule "b" is 10{when}, as it is for the rule "a": WAF refuses the rules. Give each rule '
    "a unique priority."
)

acl = frame("""
Parameters:
  Ten: {Type: Number, Default: 10}
  Unknown: {Type: Number}
Resources:
  Guard: {Type: AWS::WAFv2::<kind=WebACL>, Properties: {Rules: <rules>}}
""")

case = row(
    acl("<rules>", kind="<kind>"), "Resources/Guard/Properties/Rules<path>", MESSAGE.format(when="<when>")
)

ROWS = {
    "literal": ("[{Name: a, Priority: 10}, {Name: b, Priority: 10}]", "/1/Priority", ""),
    "text": ("[{Name: a, Priority: 10}, {Name: b, Priority: '10'}]", "/1/Priority", ""),
    "parameter default": ("[{Name: a, Priority: !Ref Ten}, {Name: b, Priority: 10}]", "/1/Priority", ""),
    "Sub": ("[{Name: a, Priority: 10}, {Name: b, Priority: !Sub '${Ten}'}]", "/1/Priority", ""),
    "first branch": (
        "[{Name: a, Priority: 10}, {Name: b, Priority: !If [Strict, 10, 20]}]",
        "/1/Priority",
        " when Strict is true",
    ),
    "second branch": (
        "[{Name: a, Priority: !If [Strict, 20, 10]}, {Name: b, Priority: 10}]",
        "/1/Priority",
        " when Strict is false",
    ),
    "two conditions at once": (
        "[!If [Strict, {Name: a, Priority: 10}, !Ref AWS::NoValue], "
        "!If [Other, {Name: b, Priority: 10}, !Ref AWS::NoValue]]",
        "/1",
        " when Other is true and Strict is true",
    ),
    "list of one branch": (
        "!If [Strict, [{Name: a, Priority: 10}, {Name: b, Priority: 10}], []]",
        "",
        " when Strict is true",
    ),
}

GOOD = {
    "different": acl("[{Name: a, Priority: 0}, {Name: b, Priority: 10}]"),
    "parameter default": acl("[{Name: a, Priority: !Ref Ten}, {Name: b, Priority: 11}]"),
    "unknown": acl("[{Name: a, Priority: !Ref Unknown}, {Name: b, Priority: !Ref Unknown}]"),
    "one of two rules": acl("[!If [Strict, {Name: a, Priority: 10}, {Name: b, Priority: 10}]]"),
    "never at once": acl(
        "[!If [Strict, {Name: a, Priority: 10}, !Ref AWS::NoValue], "
        "!If [Strict, !Ref AWS::NoValue, {Name: b, Priority: 10}]]"
    ),
    "two lists": acl("!If [Strict, [{Name: a, Priority: 10}], [{Name: b, Priority: 10}]]"),
    "none, which another rule finds": acl("[{Name: a}, {Name: b}]"),
}

BAD = {
    **{f"{name}, {kind}": case(kind, *row) for kind in ("WebACL", "RuleGroup") for name, row in ROWS.items()}
}
