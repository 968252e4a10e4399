from typing import Any

from cfn_analysis.rules.support.lambdas import FUNCTION
from cfn_analysis.rules.support.policies import ROLE, allows, roles
from cfn_analysis.rules.support.references import own_id, target, waits_for
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of

ACTIONS = {"AWS::SNS::Topic": "sns:Publish", "AWS::SQS::Queue": "sqs:SendMessage"}


class DeadLettersNotAllowed(Rule):
    """Role that cannot send to the dead-letter queue.

    Lambda sends dead letters with the function's execution role, and refuses to create a function whose role
    cannot send: 'The provided execution role does not have permissions to call SendMessage on SQS'. Allow
    sqs:SendMessage (for a topic sns:Publish) in the role itself; if it is in a separate policy, the function
    must wait for that policy: DependsOn.
    """

    id = "E9560"
    source_url = "https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html"
    fault_class = "rights"
    looks_at = properties_of(FUNCTION)

    def faults(self, validator: Validator, properties: Any) -> Faults:
        role_id, _ = target(validator, properties.get("Role"), ROLE)
        if not role_id or "DeadLetterConfig" not in properties:
            return
        for statements, case, config in roles(validator, role_id, properties["DeadLetterConfig"]):
            arn = config.get("TargetArn") if isinstance(config, dict) else None
            fault = "" if statements is None else _refusal(case, own_id(validator), role_id, arn, statements)
            if fault:
                yield Fault(("DeadLetterConfig",), fault, case)


def _refusal(case: Validator, function_id: str, role_id: str, arn: Any, statements: Any) -> str:
    target_id, _ = target(case, arn, *ACTIONS)
    if not target_id:
        return ""
    action = ACTIONS[case.cfn.template["Resources"][target_id]["Type"]]
    sources = {source for source, statement in statements if allows(statement, action, target_id)}
    if not sources:
        return (
            f"TargetArn is {target_id}{{when}}, but the role {role_id} does not allow {action} on it: Lambda "
            f"refuses to create the function. Allow {action} on {target_id} in a statement of the role."
        )
    if role_id not in sources and not any(waits_for(case, function_id, source) for source in sources):
        policy = min(sources)
        return (
            f"TargetArn is {target_id}{{when}}, and {policy} allows {action} on it, but the function does "
            "not wait for that policy: Lambda refuses the function if it comes first. Add "
            f"DependsOn: {policy}, or move the statement into the role {role_id}."
        )
    return ""
