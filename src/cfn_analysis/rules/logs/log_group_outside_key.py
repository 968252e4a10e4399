from typing import Any

from cfnlint.helpers import is_function

from cfn_analysis.rules.support.documents import conditions, documents, principals, texts
from cfn_analysis.rules.support.patterns import may_meet
from cfn_analysis.rules.support.references import sub_text, target
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.values import values

SERVICE = "logs."
CONTEXT = "kms:encryptioncontext:aws:logs:arn"


class LogGroupOutsideKey(Rule):
    """Log group that its key does not allow.

    CloudWatch Logs encrypts as the service logs.REGION.amazonaws.com, which the key's policy must allow, with
    the ARN of the log group, without :* at its end, in the encryption context. If the policy does not name
    the service, or restricts kms:EncryptionContext:aws:logs:arn to other names, the log group cannot be
    created.
    """

    id = "E9661"
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html"
    fault_class = "rights"
    looks_at = properties_of("AWS::Logs::LogGroup")

    def faults(self, validator: Validator, properties: Any) -> Faults:
        for value, case in values(validator, properties.get("KmsKeyId")):
            key, key_properties = target(case, value, "AWS::KMS::Key")
            policy = key_properties.get("KeyPolicy")
            if not key or not isinstance(policy, dict) or is_function(policy)[0]:
                continue
            own = [
                statement
                for statement, _ in documents(policy)
                if statement.get("Effect") != "Deny"
                and any(name.startswith((SERVICE, "*", "${")) for name in principals(statement))
            ]
            name = sub_text(properties.get("LogGroupName"))
            if not own:
                yield Fault(
                    ("KmsKeyId",),
                    f"KmsKeyId is {key}{{when}}, whose KeyPolicy does not allow the service logs: the log "
                    "group cannot be created. Allow logs.REGION.amazonaws.com to encrypt and decrypt.",
                    case,
                )
            elif name and not any(_allows_log_group(statement, name) for statement in own):
                yield Fault(
                    ("LogGroupName",),
                    f"LogGroupName is {name}{{when}}, which the KeyPolicy of {key} does not match in "
                    "kms:EncryptionContext:aws:logs:arn: the log group cannot be created. Change the name or "
                    "the pattern.",
                    case,
                )


def _allows_log_group(statement: Any, name: str) -> bool:
    asked = [
        texts(value)
        for operator, key, value, _ in conditions(statement)
        if key.lower() == CONTEXT and "Not" not in operator
    ]
    return all(not patterns or any(_matches(pattern, name) for pattern in patterns) for patterns in asked)


def _matches(pattern: str, name: str) -> bool:
    _, found, wanted = pattern.partition(":log-group:")
    return not found or may_meet(wanted, name)
