import re
from typing import Any

from cfn_analysis.rules.support.documents import each
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator
from cfn_analysis.rules.support.values import values

KEYWORDS = "none|report-sample|self|strict-dynamic|unsafe-eval|unsafe-hashes|unsafe-inline|wasm-unsafe-eval"
CONFIG = "Resources/AWS::CloudFront::ResponseHeadersPolicy/Properties/ResponseHeadersPolicyConfig/"


class HeaderThatBrowsersIgnore(Rule):
    """Security header in a syntax that browsers ignore.

    The keywords of a content security policy have single quotation marks: 'self', 'none'. Without them,
    browsers interpret them as host names, and block content that the policy should allow. A permissions
    policy is written camera=(), geolocation=(self); the syntax of the older feature policy, camera 'none', is
    ignored.
    """

    id = "E9595"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-cloudfront-responseheaderspolicy-contentsecuritypolicy.html"
    finding_class = "documents"
    looks_at = (
        f"{CONFIG}SecurityHeadersConfig/ContentSecurityPolicy",
        f"{CONFIG}CustomHeadersConfig",
    )

    def findings(self, validator: Validator, part: Any) -> Findings:
        for value, case in values(validator, part.get("ContentSecurityPolicy")):
            problem = _security(value)
            if problem:
                yield RuleFinding(("ContentSecurityPolicy",), f"ContentSecurityPolicy {problem}", case)
        problems = {"content-security-policy": _security, "permissions-policy": _permissions}
        for header, path in each(part.get("Items"), "Items"):
            name = str(header.get("Header")).lower() if isinstance(header, dict) else ""
            if name not in problems:
                continue
            for value, case in values(validator, header.get("Value")):
                problem = problems[name](value)
                if problem:
                    yield RuleFinding((*path, "Value"), f"Value {problem}", case)


def _security(value: Any) -> str:
    """Return the problem of a content security policy; empty if there is none."""
    if not isinstance(value, str):
        return ""
    sources: list[str] = []
    for directive in value.split(";"):
        sources += directive.split()[1:]
    bare = [word for word in dict.fromkeys(sources) if re.fullmatch(KEYWORDS, word)]
    if not bare:
        return ""
    right = " and ".join(f"'{word}'" for word in bare)
    return (
        f"has {' and '.join(bare)} without quotation marks{{when}}, which browsers read as hosts. "
        f"Write {right}."
    )


def _permissions(value: Any) -> str:
    """Return the problem of a permissions policy; empty if there is none."""
    if not isinstance(value, str):
        return ""
    directive = re.search(r"([a-z-]+)\s+'(none|self)'", value)
    if directive is None:
        return ""
    allowed = "self" if directive[2] == "self" else ""
    return (
        f"has {directive[0]}{{when}}, the syntax of a feature policy, which browsers ignore. Write "
        f"{directive[1]}=({allowed})."
    )
