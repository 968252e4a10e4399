"""Rules that allow."""

from ..harness import frame, row

path = frame(
    "{ByteMatchStatement: {FieldToMatch: {UriPath: {}}, PositionalConstraint: <how=EXACTLY>, "
    "SearchString: <text>}}"
)

pattern = frame("{RegexMatchStatement: {FieldToMatch: {UriPath: {}}, RegexString: <text>}}")

country = frame("{GeoMatchStatement: {CountryCodes: [<code>]}}")

rule = frame("{Name: <name>, Priority: <priority>, Action: {<action>: {}}, Statement: <statement>}")


def acl(statement: str, *more: str, priority: int = 1, action: str = "Allow") -> str:
    """Return a template with a rule of this statement, other rules, and one that blocks a country."""
    rules = [rule("site", priority, action, statement), *more, rule("countries", 9, "Block", country("KP"))]
    return (
        "Resources: {Guard: {Type: AWS::WAFv2::WebACL, Properties: {DefaultAction: {Allow: {}}, "
        f"Rules: [{', '.join(rules)}]}}}}}}\n"
    )


case = row(
    "<text>",
    "Resources/Guard/Properties/Rules/0/Statement",
    'Rule "site" allows every request: the <rest=rule after it gets> none. Restrict its statement, '
    "or remove it.",
)

GOOD = {
    "a path": acl(path("/health")),
    "at the end": acl(path("/", "STARTS_WITH"), priority=20),
    "count": acl(path("/", "STARTS_WITH"), action="Count"),
    "root only": acl(path("/"), rule("root", 2, "Allow", pattern("^/$"))),
    "and a header": acl(f"{{AndStatement: {{Statements: [{pattern('^/')}, {country('JP')}]}}}}"),
}

BAD = {
    "every path": case(acl(path("/", "STARTS_WITH"))),
    "pattern": case(
        acl(pattern("^/.*"), rule("countries", 10, "Block", country("KP"))), "rules after it get"
    ),
    "any of": case(acl(f"{{OrStatement: {{Statements: [{country('JP')}, {pattern('.*')}]}}}}")),
}
