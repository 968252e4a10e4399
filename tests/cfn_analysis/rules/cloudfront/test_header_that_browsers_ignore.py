"""Headers that protect a site."""

from ..harness import frame

policy = frame("""<first=>
Resources:
  Headers:
    Type: AWS::CloudFront::ResponseHeadersPolicy
    Properties: {ResponseHeadersPolicyConfig: {<config>}}
""")


def security(value: str, first: str = "") -> str:
    """Return a template with a content security policy."""
    own = f"{{ContentSecurityPolicy: {value}, Override: true}}"
    return policy(f"SecurityHeadersConfig: {{ContentSecurityPolicy: {own}}}", first)


def custom(name: str, value: str) -> str:
    """Return a template with a custom header."""
    return policy(f"CustomHeadersConfig: {{Items: [{{Header: {name}, Override: true, Value: {value}}}]}}")


def case(text: str, message: str) -> tuple[str, ...]:
    """A value that browsers ignore is found."""
    config = "Resources/Headers/Properties/ResponseHeadersPolicyConfig"
    if message.startswith("Value"):
        return text, f"{config}/CustomHeadersConfig/Items/0/Value", message
    return text, f"{config}/SecurityHeadersConfig/ContentSecurityPolicy/ContentSecurityPolicy", message


GOOD = {
    "policy": security("\"default-src 'self'; script-src 'self' none.example.com; object-src 'none'\""),
    "permissions": custom("Permissions-Policy", "'camera=(), geolocation=(self)'"),
    "other header": custom("X-Notes", "default-src self"),
    "parameter": security("!Ref Policy", "Parameters: {Policy: {Type: String}}"),
}

BAD = {
    "keywords without quotation marks": case(
        security("default-src self; object-src none"),
        "ContentSecurityPolicy has self and none without quotation marks, which browsers read as hosts. "
        "Write 'self' and 'none'.",
    ),
    "default": case(
        security("!Ref Policy", "Parameters: {Policy: {Type: String, Default: script-src unsafe-inline}}"),
        "ContentSecurityPolicy has unsafe-inline without quotation marks, which browsers read as hosts. "
        "Write 'unsafe-inline'.",
    ),
    "custom header": case(
        custom("content-security-policy", "default-src self"),
        "Value has self without quotation marks, which browsers read as hosts. Write 'self'.",
    ),
    "feature policy": case(
        custom("Permissions-Policy", "\"camera 'none'; geolocation 'self'\""),
        "Value has camera 'none', the syntax of a feature policy, which browsers ignore. Write camera=().",
    ),
}
