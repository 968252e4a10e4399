from typing import Any

from cfnlint.helpers import is_function

from cfn_analysis.model.references import value_at
from cfn_analysis.rules.support.documents import documents, each, principals
from cfn_analysis.rules.support.grants import missing
from cfn_analysis.rules.support.policies import MANAGED, ROLE, delegates
from cfn_analysis.rules.support.references import own_id, own_type, sub_text, target, waits_for
from cfn_analysis.rules.support.resource_policies import is_service
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator, properties_of
from cfn_analysis.rules.support.service_roles import (
    READS,
    SERVICE_ROLES,
    WITHOUT_ROLE,
    Actions,
    ServiceRole,
    needed_actions,
)
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
    finding_class = "rights"
    looks_at = properties_of(*dict.fromkeys(service_role.kind for service_role in SERVICE_ROLES), ROLE)

    def findings(self, validator: Validator, properties: Any) -> Findings:
        yield from _without_path(properties)
        kind = own_type(validator)
        trusted = set()
        for service_role in SERVICE_ROLES:
            if service_role.kind != kind:
                continue
            if service_role.role not in trusted and service_role.role != "FunctionName":
                trusted.add(service_role.role)
                yield from _distrusted(validator, service_role, properties)
            yield from _without_rights(validator, service_role, properties)


def _without_path(properties: Any) -> Findings:
    """Yield the managed policies whose ARN lacks the path ``service-role/``."""
    for arn, place_of in each(properties.get("ManagedPolicyArns"), "ManagedPolicyArns"):
        name = (sub_text(arn) or "").rpartition(":aws:policy/")[2]
        right = next((end for end in MANAGED if end.endswith(f"/service-role/{name}")), "")
        if name and right:
            yield RuleFinding(
                place_of,
                f"ManagedPolicyArns has {name}, which AWS has as {right.removeprefix(':policy/')}: IAM "
                "refuses the role. Add the path.",
            )


def _without_rights(validator: Validator, service_role: ServiceRole, properties: Any) -> Findings:
    """Yield what the role of a resource does not allow its service, also on the key of the target."""
    resources = validator.cfn.template["Resources"]
    for path, role, (actions, on), case in needed_actions(validator, resources, service_role, properties):
        if role is None:
            if actions[0] not in WITHOUT_ROLE:
                yield _missing(service_role, path, actions, case)
            continue
        yield from _lacking(case, service_role, path, role, actions, on)
        key = key_id(resources, value_at(resources.get(on, {}), ("Properties", "KmsMasterKeyId")))
        if not key:
            continue
        on_key = ("kms:Decrypt",) if actions in READS.values() else ("kms:Decrypt", "kms:GenerateDataKey")
        yield from _lacking(case, service_role, path, role, on_key, key)


def _missing(service_role: ServiceRole, path: Path, actions: Actions, case: Validator) -> RuleFinding:
    name = service_role.role.rpartition("/")[2]
    return RuleFinding(
        path[: path.index(name)] if name in path else path,
        f"{name} is missing{{when}}: {service_role.effect}. Add a role that {service_role.service} can "
        f"assume and that allows {' and '.join(actions)}.",
        case,
    )


def _distrusted(validator: Validator, service_role: ServiceRole, properties: Any) -> Findings:
    steps = service_role.role.split("/")
    for value, case in branches(validator, properties, *steps):
        role, role_properties = target(case, value, ROLE)
        policy = role_properties.get("AssumeRolePolicyDocument")
        is_known = role and isinstance(policy, dict) and not is_function(policy)[0]
        if is_known and not _trusts(policy, service_role.service):
            yield RuleFinding(
                place(case, validator),
                f"{[step for step in steps if step != '*'][-1]} is {role}{{when}}, whose "
                f"AssumeRolePolicyDocument does not allow {service_role.service}: the service cannot assume "
                f"the role. Set {service_role.service} as its Principal.",
                case,
            )


def _trusts(policy: Any, service: str) -> bool:
    for statement, _ in documents(policy):
        if statement.get("Effect") == "Deny":
            continue
        if any(is_service(name, service.removesuffix("amazonaws.com")) for name in principals(statement)):
            return True
    return False


def _lacking(
    case: Validator, service_role: ServiceRole, path: Path, role: Any, actions: Actions, on: str
) -> Findings:
    if on and case.cfn.template["Resources"][on]["Type"] == KEY and not delegates(case, on):
        return
    where = f" on {on}" if on else ""
    for lack in missing(case, role, actions, on):
        if lack.absent:
            yield RuleFinding(
                path,
                f"{lack.role} does not allow {' and '.join(lack.absent)}{where}{{when}}: "
                f"{service_role.effect}. Allow it.",
                lack.case,
            )
        late = [name for name in lack.policies if not waits_for(case, own_id(case), name)]
        if service_role.checked and not lack.absent and late:
            yield RuleFinding(
                path,
                f"{late[0]} allows {lack.role} {' and '.join(actions)}{where}{{when}}, and the resource does "
                f"not wait for it: {service_role.effect} if it is created first. Add DependsOn: {late[0]}.",
                lack.case,
            )
