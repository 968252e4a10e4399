from typing import Any

from cfnlint.helpers import is_function

from cfn_analysis.model.references import value_at
from cfn_analysis.rules.support.documents import documents, each, principals
from cfn_analysis.rules.support.grants import missing
from cfn_analysis.rules.support.policies import MANAGED, ROLE, delegates
from cfn_analysis.rules.support.references import own_id, own_type, sub_text, target, waits_for
from cfn_analysis.rules.support.resource_policies import is_service
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.service_roles import NEEDS, READS, WITHOUT_ROLE, Actions, Need, asked
from cfn_analysis.rules.support.targets import KEY, key_id
from cfn_analysis.rules.support.values import Path, branches, place


class RoleWithoutRights(Rule):
    """Role that its service cannot assume, or that does not allow what the service needs.

    A service assumes a role with sts:AssumeRole, which the role's AssumeRolePolicyDocument must allow for the
    service principal, and then has only the permissions of the role. Each service has its own principal:
    flow logs have vpc-flow-logs.amazonaws.com. Lambda, API Gateway and others
    try the role when the resource is created: if the permissions are in a separate policy, the resource must
    wait for it. Other services fail only when they use the role.
    """

    id = "E9551"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-service.html"
    fault_class = "rights"
    looks_at = properties_of(*dict.fromkeys(need.kind for need in NEEDS), ROLE)

    def faults(self, validator: Validator, properties: Any) -> Faults:
        for arn, place_of in each(properties.get("ManagedPolicyArns"), "ManagedPolicyArns"):
            name = (sub_text(arn) or "").rpartition(":aws:policy/")[2]
            right = next((end for end in MANAGED if end.endswith(f"/service-role/{name}")), "")
            if name and right:
                yield Fault(
                    place_of,
                    f"ManagedPolicyArns has {name}, which AWS has as {right.removeprefix(':policy/')}: IAM "
                    f"refuses the "
                    "role. Add the path.",
                )
        resources, trusted = validator.cfn.template["Resources"], set()
        for need in NEEDS:
            if need.kind != own_type(validator):
                continue
            if need.role not in trusted and need.role != "FunctionName":
                trusted.add(need.role)
                yield from _distrusted(validator, need, properties)
            for path, role, (actions, on), case in asked(validator, resources, need, properties):
                if role is None:
                    if actions[0] not in WITHOUT_ROLE:
                        yield _missing(need, path, actions, case)
                    continue
                yield from _lacking(case, need, path, role, actions, on)
                key = key_id(resources, value_at(resources.get(on, {}), ("Properties", "KmsMasterKeyId")))
                if key:
                    on_key = (
                        ("kms:Decrypt",)
                        if actions in READS.values()
                        else ("kms:Decrypt", "kms:GenerateDataKey")
                    )
                    yield from _lacking(case, need, path, role, on_key, key)


def _missing(need: Need, path: Path, actions: Actions, case: Validator) -> Fault:
    name = need.role.rpartition("/")[2]
    return Fault(
        path[: path.index(name)] if name in path else path,
        f"{name} is missing{{when}}: {need.effect}. Add a role that {need.service} can assume and that allows"
        f" {' and '.join(actions)}.",
        case,
    )


def _distrusted(validator: Validator, need: Need, properties: Any) -> Faults:
    steps = need.role.split("/")
    for value, case in branches(validator, properties, *steps):
        role, role_properties = target(case, value, ROLE)
        policy = role_properties.get("AssumeRolePolicyDocument")
        known = role and isinstance(policy, dict) and not is_function(policy)[0]
        if known and not _trusts(policy, need.service):
            yield Fault(
                place(case, validator),
                f"{[step for step in steps if step != '*'][-1]} is {role}{{when}}, whose "
                f"AssumeRolePolicyDocument does not allow {need.service}: the service cannot assume the "
                f"role. "
                f"Set {need.service} as its Principal.",
                case,
            )


def _trusts(policy: Any, service: str) -> bool:
    return any(
        is_service(name, service.removesuffix("amazonaws.com"))
        for statement, _ in documents(policy)
        if statement.get("Effect") != "Deny"
        for name in principals(statement)
    )


def _lacking(case: Validator, need: Need, path: Path, role: Any, actions: Actions, on: str) -> Faults:
    if on and case.cfn.template["Resources"][on]["Type"] == KEY and not delegates(case, on):
        return
    where = f" on {on}" if on else ""
    for lack in missing(case, role, actions, on):
        if lack.absent:
            yield Fault(
                path,
                f"{lack.role} does not allow {' and '.join(lack.absent)}{where}{{when}}: {need.effect}. "
                f"Allow it.",
                lack.case,
            )
        late = [name for name in lack.policies if not waits_for(case, own_id(case), name)]
        if need.checked and not lack.absent and late:
            yield Fault(
                path,
                f"{late[0]} allows {lack.role} {' and '.join(actions)}{where}{{when}}, and the resource "
                f"does not "
                f"wait for it: {need.effect} if it is created first. Add DependsOn: {late[0]}.",
                lack.case,
            )
