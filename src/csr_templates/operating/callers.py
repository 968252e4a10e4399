"""Who calls, and what the rules of the web ACL do about it."""

from __future__ import annotations

import gzip
import json
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any, Final, NamedTuple

from cfn_analysis.model.wording import hint, series
from csr_templates.operating import logs, waiting, words
from csr_templates.operating.aws import Aws, Unknown
from csr_templates.operating.logs import LogQuery
from csr_templates.operating.problems import Stop, WrongInput
from csr_templates.operating.waiting import Duration, Sight

SCOPE: Final = "CLOUDFRONT"
SPREAD: Final = (
    "It can take some minutes until all locations of CloudFront do so: check with a request, or in "
    "show-blocked-requests."
)
"""What cannot be read after a change of WAF.

https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-editing.html
"""
_DURATION: Final = Duration("seconds", 300)
_COUNT: Final = "Count"
_BLOCK: Final = "Block"
_SHOWN: Final = 20

BLOCKED_REQUESTS: Final = LogQuery(
    "waf",
    30,
    'filter action = "BLOCK" '
    r'| parse @message /"terminatingRule":\s*\{"ruleId":\s*"(?<inner>[^"]+)"/ '
    "| stats count(*) as requests by terminatingRuleId, inner, httpRequest.uri, httpRequest.country "
    "| sort requests desc | limit 50",
)


class _WebAcl(NamedTuple):
    """The web ACL, and the client for it."""

    client: Any
    name: str
    id: str


def show_callers(aws: Aws, hours_ago: int = 0) -> None:
    """Count the requests of an hour by address, from the access logs of CloudFront.

    CloudFront writes them some minutes late.

    Args:
        hours_ago: 0 for the current hour, which is also the default.

    Example: show-callers 1
    Calls: s3:ListObjectsV2, s3:GetObject.
    Takes: seconds, for many requests a minute.
    """
    region = aws.environment.stack_of("EdgeLogBucket").region
    client = aws.client("s3", region)
    bucket = aws.name("EdgeLogBucket")
    distribution = aws.output("Distribution", "CloudFrontDistributionId")
    hour = words.now() - timedelta(hours=hours_ago)
    prefix = f"AWSLogs/{aws.identity.account}/CloudFront/{distribution}/{hour:%Y/%m/%d/%H}/"
    words.say(f"Access logs: s3://{bucket}/{prefix}")
    answer = aws.attempt(partial(aws.all_pages, client, "ListObjectsV2", Bucket=bucket, Prefix=prefix))
    if isinstance(answer, Unknown):
        words.say(f"Requests: {answer}")
        return
    keys = [entry["Key"] for entry in answer.get("Contents", []) if entry["Key"].endswith(".gz")]
    if not keys:
        raise Stop("There are no access logs of this hour yet. CloudFront writes them some minutes late.")
    counts = aws.in_parallel({key: partial(_callers, client, bucket, key) for key in keys})
    requests: Counter[tuple[str, str]] = Counter()
    unreadable = 0
    for count in counts.values():
        if isinstance(count, Unknown):
            unreadable += 1
        else:
            requests.update(count)
    rows = [(str(number), address, country) for (address, country), number in requests.most_common(_SHOWN)]
    words.table(("requests", "address", "country"), rows)
    if unreadable:
        words.say(f"{unreadable} of {len(keys)} files could not be read: their requests are unknown.")


def show_rate_limited(aws: Aws, rule: str) -> None:
    """Show the addresses that a rate limit blocks now.

    Args:
        rule: name of the rule, such as api-rate-limit.

    Example: show-rate-limited api-rate-limit
    Calls: wafv2:GetRateBasedStatementManagedKeys.
    Takes: seconds.
    """
    acl = _web_acl(aws)
    answer = aws.attempt(
        partial(
            acl.client.get_rate_based_statement_managed_keys,
            Scope=SCOPE,
            WebACLName=acl.name,
            WebACLId=acl.id,
            RuleName=rule,
        )
    )
    if isinstance(answer, Unknown):
        words.say(f"Addresses that {rule} blocks: {answer}")
        return
    addresses = []
    for member in ("ManagedKeysIPV4", "ManagedKeysIPV6"):
        addresses += answer.get(member, {}).get("Addresses", [])
    words.say(f"Addresses that {rule} blocks: {len(addresses) or 'none'}")
    for address in addresses:
        words.say(f"  {address}")


def show_blocked_requests(aws: Aws) -> None:
    """Count the requests that WAF blocked in the last 30 minutes, by rule, path and country.

    The column inner is the rule within a rule group.

    Calls: logs:StartQuery, logs:GetQueryResults.
    Takes: seconds.
    """
    logs.show(aws, BLOCKED_REQUESTS)


def count_rule(aws: Aws, rule: str, inner: str = "") -> None:
    """Let a rule of the web ACL, or one rule of its group, count instead of block.

    A rate limit, and a rule that blocks addresses or countries, then allows all requests that it blocks now.
    Make the same change in the template on the same day.

    Args:
        rule: name of the rule in the web ACL.
        inner: name of a rule in its rule group; without it, the whole group counts.

    Example: count-rule common-rules SizeRestrictions_BODY
    Calls: wafv2:DescribeManagedRuleGroup, wafv2:UpdateWebACL, wafv2:GetWebACL.
    Takes: seconds, until it works everywhere minutes.
    Way back: block-rule with the same names.
    """
    _change_rule(aws, rule, inner, _COUNT)


def block_rule(aws: Aws, rule: str, inner: str = "") -> None:
    """Let a rule block again after count-rule.

    Args:
        rule: name of the rule in the web ACL.
        inner: name of a rule in its rule group, as for count-rule.

    Example: block-rule common-rules SizeRestrictions_BODY
    Calls: wafv2:DescribeManagedRuleGroup, wafv2:UpdateWebACL, wafv2:GetWebACL.
    Takes: seconds, until it works everywhere minutes.
    Way back: count-rule with the same names.
    """
    _change_rule(aws, rule, inner, _BLOCK)


# ---- Access logs ----


def _callers(client: Any, bucket: str, key: str) -> Counter[tuple[str, str]]:
    """Count the requests in a file of the access logs, by address and country.

    Raises:
        Stop: it is not one.
    """
    content = client.get_object(Bucket=bucket, Key=key)["Body"].read()
    try:
        lines = gzip.decompress(content).decode("utf-8").splitlines()
        requests = [json.loads(line) for line in lines]
        return Counter((request["c-ip"], request.get("c-country", "")) for request in requests)
    except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError) as error:
        raise Stop(f"{key} is not an access log of CloudFront in JSON ({error}).") from error


# ---- The web ACL ----


def _web_acl(aws: Aws) -> _WebAcl:
    """Return the web ACL: its ARN ends with name and ID."""
    *_, name, acl_id = aws.output("WebACL", "WebACLArn").split("/")
    return _WebAcl(aws.client("wafv2", aws.environment.stack_of("WebACL").region), name, acl_id)


def _change_rule(aws: Aws, rule: str, inner: str, action: str) -> None:
    acl = _web_acl(aws)
    answer = acl.client.get_web_acl(Scope=SCOPE, Name=acl.name, Id=acl.id)
    web_acl = answer["WebACL"]
    position = _position(web_acl["Rules"], rule, acl.name)
    before = web_acl["Rules"][position]
    if inner:
        _require_inner(acl, _group(before), inner)
    if _is_already(before, inner, action):
        return
    changed = _with_inner_action(before, inner, action) if inner else _with_action(before, action)
    rules = [*web_acl["Rules"][:position], changed, *web_acl["Rules"][position + 1 :]]
    names = [name for name in (rule, inner) if name]
    if action == _COUNT:
        words.say(
            f"Lets {' '.join(names)} count instead of block. Way back: {aws.command('block-rule', *names)}"
        )
    else:
        words.say(f"Lets {' '.join(names)} block again. Way back: {aws.command('count-rule', *names)}")
    # An update replaces the whole web ACL, so it gets all that it has.
    members = acl.client.meta.service_model.operation_model("UpdateWebACL").input_shape.members
    values = {name: value for name, value in web_acl.items() if name in members}
    acl.client.update_web_acl(**{**values, "Scope": SCOPE, "LockToken": answer["LockToken"], "Rules": rules})
    look = partial(_rule_sight, acl, rule, inner, action)
    again = aws.command("show-blocked-requests")
    waiting.for_effect(aws, f"the web ACL {acl.name}", look, _DURATION, again)


def _rule_sight(acl: _WebAcl, rule: str, inner: str, action: str) -> Sight:
    """Look what the rule does in the web ACL; whether all locations have it cannot be read."""
    rules = acl.client.get_web_acl(Scope=SCOPE, Name=acl.name, Id=acl.id)["WebACL"]["Rules"]
    now = _action_of(rules[_position(rules, rule, acl.name)], inner)
    sentence = f"the action of {inner or rule} in the web ACL is {now}. {SPREAD[:-1]}"
    return Sight(sentence, is_there=now == action)


def _is_already(rule: Mapping[str, Any], inner: str, action: str) -> bool:
    """Say that a rule counts or blocks already, and return whether it does.

    Raises:
        Stop: its action is neither.
    """
    now = _action_of(rule, inner)
    name = inner or rule["Name"]
    if now not in (_COUNT, _BLOCK):
        raise Stop(f"The action of {name} is {now}. Only {_BLOCK} and {_COUNT} are changed.")
    if now != action:
        return False
    words.say(f"Now the action of {name} is {now} already. {SPREAD}")
    if action == _COUNT:
        words.say("It may be so in the template. If you did not change it, do not run block-rule.")
    return True


def _action_of(rule: Mapping[str, Any], inner: str) -> str:
    """Return the action of a rule, or of one in its group; a group without an override blocks."""
    action: Mapping[str, Any] = {_BLOCK: {}}
    if not inner:
        action = rule.get("Action") or rule["OverrideAction"]
    else:
        for override in _group(rule).get("RuleActionOverrides", []):
            if override["Name"] == inner:
                action = override["ActionToUse"]
    return next(iter(action)).replace("None", _BLOCK)


def _position(rules: Sequence[Mapping[str, Any]], name: str, acl: str) -> int:
    """Return where a rule is in the web ACL.

    Raises:
        WrongInput: it is not there.
    """
    names = [rule["Name"] for rule in rules]
    if name not in names:
        raise WrongInput(f"{acl} has no rule {name}.{hint(name, names)} Its rules are {series(names)}.")
    return names.index(name)


def _group(rule: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the managed rule group of a rule.

    Raises:
        WrongInput: it has none.
    """
    group: Mapping[str, Any] | None = rule["Statement"].get("ManagedRuleGroupStatement")
    if group is None:
        raise WrongInput(f"{rule['Name']} is not a rule group, so it has no inner rules.")
    return group


def _require_inner(acl: _WebAcl, group: Mapping[str, Any], inner: str) -> None:
    """Check that a rule group has a rule; WAF ignores the name of one that it does not have.

    Raises:
        WrongInput: it does not have it.
    """
    version: dict[str, str] = {}
    if "Version" in group:
        version["VersionName"] = group["Version"]
    answer = acl.client.describe_managed_rule_group(
        Scope=SCOPE, VendorName=group["VendorName"], Name=group["Name"], **version
    )
    names = [rule["Name"] for rule in answer["Rules"]]
    if inner not in names:
        raise WrongInput(
            f"The rule group {group['Name']} has no rule {inner}.{hint(inner, names)} Its rules are "
            f"{series(names)}."
        )


def _with_action(rule: Mapping[str, Any], action: str) -> dict[str, Any]:
    """Return a rule of the web ACL that counts or blocks; a rule group without an override blocks."""
    if "Action" in rule:
        return {**rule, "Action": {action: {}}}
    if action == _COUNT:
        return {**rule, "OverrideAction": {_COUNT: {}}}
    return {**rule, "OverrideAction": {"None": {}}}


def _with_inner_action(rule: Mapping[str, Any], inner: str, action: str) -> dict[str, Any]:
    """Return a rule group of which one rule counts, or does what the group says."""
    group = _group(rule)
    overrides = [override for override in group.get("RuleActionOverrides", []) if override["Name"] != inner]
    if action == _COUNT:
        overrides.append({"Name": inner, "ActionToUse": {_COUNT: {}}})
    changed = {name: value for name, value in group.items() if name != "RuleActionOverrides"}
    if overrides:
        changed["RuleActionOverrides"] = overrides
    return {**rule, "Statement": {"ManagedRuleGroupStatement": changed}}
