from collections.abc import Iterator, Sequence
from typing import Any

from cfnlint.helpers import is_function

from cfn_analysis.model.references import value_at
from cfn_analysis.rules.support.callers import RIGHTS, CalledTarget, Rights, calls_of_services
from cfn_analysis.rules.support.references import sub_text
from cfn_analysis.rules.support.resource_policies import Granted, ServiceCall, access, policies_of
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator
from cfn_analysis.rules.support.scenarios import scenarios
from cfn_analysis.rules.support.targets import BUCKET, FUNCTIONS, KEY, QUEUE, TOPIC, key_id
from cfn_analysis.rules.support.values import Path, branches, case_of, existing, memory, show, values

# Type -> the property with its key, the key of AWS, whose policy allows no service, and the type of a policy.
KEYS = {
    TOPIC: ("KmsMasterKeyId", "alias/aws/sns", "AWS::SNS::TopicPolicy"),
    QUEUE: ("KmsMasterKeyId", "alias/aws/sqs", "AWS::SQS::QueuePolicy"),
    BUCKET: ("BucketEncryption", "alias/aws/s3", "AWS::S3::BucketPolicy"),
}
PREFIX = ("LoggingConfiguration", "LogFilePrefix")
NAMES = {
    **dict.fromkeys(("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"), "AlarmName"),
    "AWS::Logs::LogGroup": "LogGroupName",
}


class CallerNotAllowed(Rule):
    """Service that is not allowed to use what a resource refers to.

    A service calls a function, sends to a queue or topic, and uses a bucket or key by their resource
    policies: an AWS::Lambda::Permission, the policy of the queue, topic or bucket, the key policy. The
    service has its own principal, such as sns.amazonaws.com. If the target is encrypted with a KMS key, the
    service also needs permissions in the policy of this key. The policies of the keys that AWS manages cannot
    be changed.
    Without them the resource is refused, or nothing arrives and often nothing shows it. A condition on
    aws:SourceArn must match the resource for which the service calls.
    """

    id = "E9550"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_identity-vs-resource.html"
    finding_class = "rights"

    def findings(self, validator: Validator, resources: Any) -> Findings:
        seen = set()
        for call in calls_of_services(validator, resources):
            conditions = frozenset(call.case.context.conditions.status.items())
            identity = (call.path[0], call.caller.service, call.target, conditions)
            if identity in seen:  # an alarm has the same topic in several properties
                continue
            seen.add(identity)
            caller, kind = call.caller, resources[call.target]["Type"]
            if kind == BUCKET and _is_log_by_list(caller.service, resources[call.target]):
                continue
            yield from _refusals(validator, resources, call, call.target, caller.rights or RIGHTS[kind])
            if kind in KEYS:
                yield from _refused_by_key(validator, resources, call)


def _is_log_by_list(service: str, bucket: Any) -> bool:
    """Return whether S3 writes its access logs into a bucket by an access control list."""
    control = bucket.get("Properties", {}).get("AccessControl")
    return service == "logging.s3." and (control == "LogDeliveryWrite" or is_function(control)[0] is not None)


def _refusals(
    validator: Validator, resources: Any, call: CalledTarget, target: str, rights: Rights
) -> Findings:
    policies = policies_of(validator, resources, target)
    caller, kind = call.caller, resources[target]["Type"]
    statements = [statements for _, statements in policies.values()]
    if caller.named and f"{caller.service}amazonaws" not in show(statements):
        return
    default = Granted.FULL if caller.default and kind == TOPIC else Granted.NONE
    prefix = value_at(call.properties, PREFIX) if caller.service == "logging.s3." else None
    for source_name, case in _source_names(call):
        service_call = ServiceCall(caller.service, rights, target, call.source, source_name, prefix)
        for granted, present, policy_case in access(case, policies, service_call, default):
            lacking = [right for right, allowed in granted.items() if allowed is Granted.NONE]
            if lacking:
                path, message = _refusal(call, target, kind, lacking, present)
                yield RuleFinding(path, message, policy_case)
            elif Granted.OTHER_SOURCES in granted.values():
                yield _other_source(resources, call, target, source_name, policy_case)


def _source_names(call: CalledTarget) -> Iterator[tuple[Any, Validator]]:
    """Yield the name of the resource for which a service calls, in each case; None if it has none."""
    name = call.properties.get(NAMES.get(call.caller.kind, ""))
    for decided, case in scenarios(call.case, {"name": name}):
        yield decided.get("name"), case


def _refusal(
    call: CalledTarget, target: str, kind: str, lacking: Sequence[str], present: Sequence[str]
) -> tuple[Path, str]:
    """Return path and message for permissions that no policy of the target has."""
    effect = call.caller.effect
    service = f"{call.caller.service}amazonaws.com" if call.caller.service else "its callers"
    name, rights = _property(call.path), " and ".join(lacking)
    if kind in FUNCTIONS:
        verb = "to call it" if rights == "lambda:InvokeFunction" else rights
        return call.path, (
            f"{name} is {target}, and no AWS::Lambda::Permission allows {service} {verb}{{when}}: {effect}. "
            "Add one."
        )
    if kind == KEY:
        used = "" if target == call.target else f", and the key encrypts {call.target}"
        return (target, "Properties", "KeyPolicy"), (
            f"KeyPolicy does not allow {service} {rights}{{when}}{used}: {effect}. Allow it."
        )
    if len(present) == 1:
        return (present[0], "Properties", "PolicyDocument"), (
            f"PolicyDocument does not allow {service} {rights} on {target}{{when}}: {effect}. Allow it."
        )
    return call.path, (
        f"{name} is {target}, and no policy allows {service} {rights} on it{{when}}: {effect}. Allow it in "
        f"an {KEYS[kind][2]}."
    )


def _other_source(resources: Any, call: CalledTarget, target: str, name: Any, case: Validator) -> RuleFinding:
    """Return the finding of a policy that allows the service only for another source."""
    service, logical_id = f"{call.caller.service}amazonaws.com", str(call.path[0])
    key = NAMES.get(call.caller.kind)
    path = existing(resources, (logical_id, "Properties", key)) if key else call.path
    shown = f"{key} is {show(name)}" if key else f"{_property(call.path)} is {target}"
    return RuleFinding(
        path,
        f"{shown}{{when}}, and {target} allows {service} only for another source, in aws:SourceArn or the "
        f"encryption context: {call.caller.effect}. Change the condition.",
        case,
    )


def _property(path: Path) -> str:
    """Return the last property of a path."""
    return next(str(step) for step in reversed(path) if isinstance(step, str) and step != "Fn::If")


def _refused_by_key(validator: Validator, resources: Any, call: CalledTarget) -> Findings:
    name, managed, _ = KEYS[resources[call.target]["Type"]]
    needed, service = call.caller.key_rights, f"{call.caller.service}amazonaws.com"
    cache = memory(validator.cfn).setdefault("keys of targets", {})
    target_in_case = (call.target, frozenset(call.case.context.conditions.status.items()))
    if target_in_case not in cache:
        properties = resources[call.target].get("Properties", {})
        cache[target_in_case] = list(_keys(call.case, name, properties))
    for used, case in cache[target_in_case]:
        text = sub_text(used) or ""
        if needed is None or text == managed or text.endswith(f":{managed}"):
            remedy = "SSE-S3 (AES256)" if needed is None else "a customer managed key that allows it"
            yield RuleFinding(
                existing(resources, (call.target, "Properties", name)),
                f"{name} of {call.target} is {text or show(used)}{{when}}, a key that {service} cannot use: "
                f"{call.caller.effect}. Use {remedy}.",
                case,
            )
            continue
        key = key_id(resources, used)
        exists = case_of(case, resources[key]) if key else None
        if exists is not None:
            yield from _refusals(validator, resources, call._replace(case=exists), key, needed)


def _keys(case: Validator, name: str, properties: Any) -> Iterator[tuple[Any, Validator]]:
    """Yield the keys with which a resource is encrypted, for each case."""
    if name != "BucketEncryption":
        yield from values(case, properties.get(name))
        return
    path = (name, "ServerSideEncryptionConfiguration", "*", "ServerSideEncryptionByDefault")
    for default, default_case in branches(case, properties, *path):
        if isinstance(default, dict) and str(default.get("SSEAlgorithm")).startswith("aws:kms"):
            yield from values(default_case, default.get("KMSMasterKeyID", "alias/aws/s3"))
