"""Values as shown in reports, without secrets."""

import re
from collections.abc import Mapping
from typing import Any, Final

from cfn_analysis.model.intrinsics import is_unknown
from cfn_analysis.model.references import in_words, pieces
from cfn_analysis.updates.partial_resolving import HIDDEN
from cfn_analysis.updates.resolved_stack import mentions

HIDDEN_VALUE: Final = "(hidden)"

_NAME: Final = re.compile(
    r"passw(or)?d|passphrase|passcode|secret(?!s?manager)|token|credential|private.?key|api.?key|access.?key"
    # As a whole word: DB_PASS, dbPwd, but not PassThroughPercentage.
    r"|auth.?key|(?-i:(?<![A-Za-z])(pass|pwd|PASS|PWD)(?![A-Za-z])|(?<![A-Z])(Pass|Pwd)(?![A-Za-z]))",
    re.IGNORECASE,
)
# Names with these endings locate or configure a secret; they do not contain one.
_POINTER: Final = re.compile(
    r"(arns?|ids?|names?|sources?|required|enabled|rotation|length|string|period|seconds|minutes|hours|days|"
    r"policy|type|version|stage|dimension|alias|uri|url|validity|units|domains?|characters?)$",
    re.IGNORECASE,
)
_RESOLVED_SECRET: Final = re.compile(r"\{\{resolve:(secretsmanager|ssm-secure):")
_NAMES_OF_ITEMS: Final = ("Key", "Name", "HeaderName", "ParameterKey", "ParameterName")
_VALUES_OF_ITEMS: Final = ("Value", "HeaderValue", "ParameterValue")
_LOOKS_SECRET: Final = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY|\b(AKIA|ASIA)[A-Z0-9]{16}\b|://[^/\s:@]+:[^/\s@]+@"
    # Tokens of GitHub, GitLab, Stripe and Slack.
    r"|\b(gh[opsur]_|github_pat_|glpat-|[rs]k_(live|test)_|xapp-|xox[abeprs]-)[A-Za-z0-9_-]{10,}"
    # JSON Web Tokens: header and payload are objects, so both begin with {" in Base64.
    # https://www.rfc-editor.org/rfc/rfc7519#section-3.1
    r"|\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*"
    # Webhooks: a person who knows the URL can post to it. Many, such as those of Slack, have "hook" in the
    # host or path before the secret; others have a known host, or the secret in the query.
    # https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks/
    # https://support.pagerduty.com/main/docs/services-and-integrations
    r"|https?://[^\s\"']*hooks?[^\s\"'/]*/[^\s\"'?]*?(?=[A-Za-z0-9_-]*\d)[A-Za-z0-9_-]{16,}"
    r"|https?://(events\.(eu\.)?pagerduty\.com|alert\.victorops\.com|hooks\.zapier\.com)/[^\s\"']*\w{6,}"
    r"|https?://[^\s\"']*[?&](api_?key|auth|code|key|sig|signature|[a-z0-9_-]*token)=[^&\s\"']{6,}"
    # Not ":secret:", as in the ARN of a secret.
    r"|(password|passwd|(?!(?<=:)secret:)secret|token)[\"']?\s*[:=]\s*[\"']?(?!\{\{resolve:)[^\s\"',}]{4,}",
    re.IGNORECASE,
)


def shown(value: Any, name: str = "", type_name: str = "") -> Any:
    """Return a value without secrets. References and dynamic references to secrets are shown.

    ``name`` is its path as shown, such as ``Environment.Variables.DB_PASSWORD``.
    """
    last = name.rpartition(".")[2]
    parent = name.rpartition(".")[0].rpartition("[")[2].rstrip("]")
    is_item = last in _VALUES_OF_ITEMS and bool(parent) and not parent.isdigit()
    is_key = (type_name, name) == ("AWS::ApiGateway::ApiKey", "Value")
    secret = is_key or _is_secret(parent if is_item else last)
    return _shown(value, secret=secret)


def shows_secret(value: Any, name: str) -> bool:
    """Return whether the value of an output may be a secret, which everyone who describes the stack can read.

    NoEcho does not hide a value in an output.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/parameters-section-structure.html
    """
    if HIDDEN_VALUE in str(shown(value, name)) or _RESOLVED_SECRET.search(str(value)):
        return True
    return any(_is_secret(mention.attribute.rpartition(".")[2]) for mention in mentions(value, ""))


def _is_secret(name: str) -> bool:
    name = re.sub(r"\[.*\]$", "", name)
    if name == "SecretString":
        return True
    return bool(_NAME.search(name)) and not _POINTER.search(name)


def _shown(value: Any, *, secret: bool) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return HIDDEN_VALUE if secret else value
    if isinstance(value, str):
        if value and secret and not value.startswith("{{resolve:"):
            return HIDDEN_VALUE
        return _hide_text(value)
    if is_unknown(value):
        return _words(value, secret=secret)
    if isinstance(value, list):
        return [_shown(part, secret=secret) for part in value]
    if isinstance(value, Mapping):
        label = next((value[key] for key in _NAMES_OF_ITEMS if isinstance(value.get(key), str)), "")
        parts = {}
        for key, part in value.items():
            name = label if key in _VALUES_OF_ITEMS else key
            parts[key] = _shown(part, secret=secret or _is_secret(name))
        return parts
    return value


def _words(value: Any, *, secret: bool) -> Any:
    match value:
        case {"Fn::ParameterStore": key}:
            return f"value of the SSM parameter {key}"
        case {"Fn::If": [condition, yes, no, _]}:
            branches = [_searchable_text(_shown(branch, secret=secret)) for branch in (yes, no)]
            return f"{branches[0]} if {condition}, otherwise {branches[1]}"
        case {"Fn::FindInMap": [mapping, row, column, _]}:
            texts = [_searchable_text(_shown(key, secret=False)) for key in (row, column, mapping)]
            return f"{texts[0]} {texts[1]} of the mapping {texts[2]}"
        case {"Fn::NotGiven": name}:
            return f"${{{name}}}"
        case {"Fn::In": [stack, inner]}:
            return f"{_words(inner, secret=secret)} of {stack}"
        case {"Fn::Unresolved": _} if secret:
            return HIDDEN_VALUE
        case {"Fn::Unresolved": [node, _]}:
            return _hide_text(in_words(node))
        case {"Fn::Sub": [str(text), _]} | {"Fn::Sub": str(text)} if (
            secret and not text.startswith("{{resolve:") and any(pieces(text, lambda _: ""))
        ):  # it has other parts than variables and dynamic references
            return HIDDEN_VALUE
        case {"Fn::Sub": [text, Mapping() as bound]}:
            safe = {name: _shown(part, secret=secret) for name, part in bound.items()}
            if len([piece for piece in pieces(text, str) if piece]) > 1:
                for name, part in bound.items():
                    if "Fn::If" in part:  # a condition between other texts
                        safe[name] = f"({safe[name]})"
            return _hide_text(in_words({"Fn::Sub": [text, safe]}))
    if HIDDEN in str(value):
        return HIDDEN_VALUE
    return _hide_text(in_words(_as_written(value)))


def _as_written(value: Any) -> Any:
    """Return an unknown value in the functions of a template."""
    match value:
        case {"Fn::NotGiven": str(name)}:
            return {"Ref": name}
        case {"Fn::In": [_, inner]} | {"Fn::Unresolved": [inner, _]}:
            return _as_written(inner)
        case {"Fn::If": [*arguments, _]} if len(arguments) == 3:
            return {"Fn::If": _as_written(arguments)}
        case {"Fn::FindInMap": [*arguments, _]} if len(arguments) == 3:
            return {"Fn::FindInMap": _as_written(arguments)}
        case list():
            return [_as_written(part) for part in value]
        case dict():
            return {key: _as_written(part) for key, part in value.items()}
    return value


def _searchable_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return in_words(value)


def _hide_text(text: str) -> str:
    if _LOOKS_SECRET.search(text):
        return HIDDEN_VALUE
    return text
