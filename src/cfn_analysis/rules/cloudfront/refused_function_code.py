import re
from collections.abc import Iterator
from typing import Any

from cfn_analysis.model.references import value_at
from cfn_analysis.rules.support.documents import document_texts
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator, properties_of
from cfn_analysis.rules.support.scenarios import only_value

MOST = 10_240  # bytes of code
HANDLER = re.compile(r"\bfunction\s+handler\s*\(|\bhandler\s*=")

# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-features.html
MODULES = ("buffer", "cloudfront", "crypto", "querystring")

# What cloudfront-js-1.0 does not have.
NEWER = {
    "const": re.compile(r"(?m)^\s*const\s"),
    "let": re.compile(r"(?m)^\s*let\s"),
    "async functions": re.compile(r"\basync\s+function\b|\bawait\s+[\w(]"),
    "rawQueryString()": re.compile(r"\.rawQueryString\s*\("),
    "the module cloudfront": re.compile(r"\bfrom\s+['\"]cloudfront['\"]"),
}


class RefusedFunctionCode(Rule):
    """CloudFront Function with code that its runtime does not support.

    CloudFront calls the function that is named handler, and accepts up to 10 KB of code. The runtime
    cloudfront-js-1.0 has no const, let, async functions, rawQueryString() or key-value stores: the code is
    refused, or each request that reaches it fails with 503. Use cloudfront-js-2.0.
    """

    id = "E9594"
    source_url = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html"
    finding_class = "documents"
    looks_at = properties_of("AWS::CloudFront::Function")

    def findings(self, validator: Validator, properties: Any) -> Findings:
        for code in document_texts(validator, properties.get("FunctionCode")):
            for problem in _code_problems(code):
                yield RuleFinding(("FunctionCode",), f"FunctionCode {problem}")
            runtime = only_value(validator, value_at(properties, ("FunctionConfig", "Runtime")))
            used = [name for name, pattern in NEWER.items() if pattern.search(_without_comments(code))]
            if runtime == "cloudfront-js-1.0" and used:
                yield RuleFinding(
                    ("FunctionConfig", "Runtime"),
                    f"Runtime is {runtime}, and the code uses {' and '.join(used)}, which it does not have: "
                    "the function fails. Set it to cloudfront-js-2.0.",
                )


def _code_problems(code: str) -> Iterator[str]:
    if "${" not in code and not HANDLER.search(_without_comments(code)):
        yield "has no function called handler, which CloudFront calls. Add it."
    if re.search(r"\bevent\.Records\b", _without_comments(code)):
        yield "reads event.Records, which is the form of Lambda@Edge. Read event.request or event.response."
    for module in re.findall(r"\brequire\(['\"]([\w:-]+)['\"]\)", _without_comments(code)):
        if module not in MODULES:
            yield f"requires {module}, which the runtime does not have. It has {', '.join(MODULES)}."
    for header in re.findall(r"\bheaders(?:\[['\"]|\.)([\w-]*[A-Z][\w-]*)", _without_comments(code)):
        yield f"has the header {header}, and names of headers are lowercase. Write {header.lower()}."
    if HANDLER.search(code) and not re.search(r"\breturn\b|=>\s*[\w(]", _handler(code)):
        yield "returns nothing from handler: every request fails. Return the request or the response."
    if len(code.encode()) > MOST:
        yield f"is {len(code.encode())} bytes long: CloudFront accepts {MOST}. Shorten it."


def _handler(code: str) -> str:
    """Return the code of the handler at its own level, without the functions and blocks inside."""
    body = _without_comments(code)[HANDLER.search(_without_comments(code)).start() :]  # type: ignore[union-attr]
    depth, kept = 0, []
    for character in body[body.find("{") :]:
        depth += {"{": 1, "}": -1}.get(character, 0)
        if depth == 0:
            break
        kept.append(character if depth == 1 else "")
    return "".join(kept)


def _without_comments(code: str) -> str:
    """Return the code without its comments."""
    return re.sub(r"(?ms)/\*.*?\*/|^\s*//[^\n]*$", "", code)
