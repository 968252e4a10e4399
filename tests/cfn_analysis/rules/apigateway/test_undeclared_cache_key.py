"""Cache key parameters that are declared, and are not."""

from ..harness import frame, row

LARGE = "method.request.header.X-Key"
SMALL = "method.request.header.x-key"

method = frame("""
Parameters:
  Header: {Type: String, Default: x-key}
Resources:
  Get: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: a, RequestParameters: <declared>,
      Integration: {Type: MOCK, CacheKeyParameters: <key>}}}
""")

spelling = frame(
    'CacheKeyParameters contains "<key>", and RequestParameters declares "<declared>": names '
    "are case-sensitive, so these are two parameters. Use one spelling, that of the client."
)

undeclared = frame(
    'CacheKeyParameters contains "<key>", which RequestParameters does not declare: API Gateway refuses '
    'the method. Add it there: "<key>": false, or true if it is required.'
)

case = row("<text>", "Resources/Get/Properties/Integration/CacheKeyParameters/<path>", "<expected>")

GOOD = {
    "declared": method(f"{{{LARGE}: true}}", f"[{LARGE}]"),
    "Sub": method(f"{{{SMALL}: false}}", "[!Sub 'method.request.header.${Header}']"),
    "integration": method(f"{{{LARGE}: true}}", "[integration.request.header.x-key]"),
    "import": method(f"{{{LARGE}: true}}", "[!ImportValue key]"),
    "declared by a macro": method("!Transform {Name: t}", f"[{SMALL}]"),
    "no key": method(f"{{{LARGE}: true}}", "!Ref AWS::NoValue"),
    "alike in each branch": method(
        f"!If [Switched, {{{LARGE}: true}}, {{{SMALL}: true}}]", f"[!If [Switched, {LARGE}, {SMALL}]]"
    ),
}

BAD = {
    "spelling": case(method(f"{{{LARGE}: true}}", f"[{SMALL}]"), "0", spelling(SMALL, LARGE)),
    "both spellings declared": case(
        method(f"{{{LARGE}: true, {SMALL}: false}}", f"[{SMALL}]"), "0", spelling(SMALL, LARGE)
    ),
    "not declared": case(
        method("{method.request.path.proxy: true}", f"[method.request.path.proxy, {LARGE}]"),
        "1",
        undeclared(LARGE),
    ),
    "nothing declared": case(method("!Ref AWS::NoValue", f"[{LARGE}]"), "0", undeclared(LARGE)),
    "Sub of a parameter default": case(
        method(f"{{{LARGE}: true}}", "[!Sub 'method.request.header.${Header}']"), "0", spelling(SMALL, LARGE)
    ),
    "first branch": case(
        method(f"{{{LARGE}: true}}", f"!If [Switched, [{SMALL}], [{LARGE}]]"),
        "Fn::If/1/0",
        spelling(SMALL, LARGE),
    ),
    "declared in one branch": case(
        method(f"!If [Switched, {{{LARGE}: true}}, {{}}]", f"[{LARGE}]"), "0", undeclared(LARGE)
    ),
    "item in the second branch": case(
        method(f"{{{LARGE}: true}}", f"[!If [Switched, !Ref AWS::NoValue, {SMALL}]]"),
        "0/Fn::If/2",
        spelling(SMALL, LARGE),
    ),
}
