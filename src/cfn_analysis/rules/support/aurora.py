"""Aurora MySQL clusters of a template: members, versions and parameter groups."""

from collections.abc import Iterator
from typing import Any

from cfnlint.jsonschema import Validator

from cfn_analysis.rules.support.references import single_reference, target
from cfn_analysis.rules.support.scenarios import conditional_properties
from cfn_analysis.rules.support.values import Path, branches, of_type, place, show, values

CLUSTER = "AWS::RDS::DBCluster"
INSTANCE = "AWS::RDS::DBInstance"
CLUSTER_GROUP = "AWS::RDS::DBClusterParameterGroup"
INSTANCE_GROUP = "AWS::RDS::DBParameterGroup"
FAMILY = "aurora-mysql8.0"  # the parameters of Aurora MySQL 3

# The parameter group is in another template: its values are not known.
UNKNOWN: Any = object()


def aurora_mysql(validator: Validator, properties: Any) -> Iterator[Validator]:
    """Yield the cases in which a cluster or instance has this engine."""
    for engine, case in values(validator, properties.get("Engine")):
        if str(engine).lower() == "aurora-mysql":
            yield case


def members(validator: Validator, cluster_id: str) -> dict[str, Any]:
    """Return the instances of a cluster by logical ID; each exists only if its Condition is true."""
    resources = validator.cfn.template.get("Resources", {})
    return {
        logical_id: conditional_properties(resource)
        for logical_id, resource, properties in of_type(resources, INSTANCE)
        if single_reference(properties.get("DBClusterIdentifier"))[0] == cluster_id
    }


def setting(validator: Validator, name: str, cluster: Any, instance: Any) -> Any:
    """Return the value of a parameter for an instance: from its own group, otherwise from the cluster's.

    None: neither sets it. ``UNKNOWN``: it is in another template.
    """
    for holder, key, group_type in (
        (instance, "DBParameterGroupName", INSTANCE_GROUP),
        (cluster, "DBClusterParameterGroupName", CLUSTER_GROUP),
    ):
        found = _group(validator, holder.get(key), group_type)
        if found is UNKNOWN or name in found:
            return found if found is UNKNOWN else found[name]
    return None


def _group(validator: Validator, group: Any, group_type: str) -> Any:
    """Return the parameters that a group sets; none for the default group."""
    if group is None:
        return {}
    logical_id, properties = target(validator, group, group_type)
    parameters = properties.get("Parameters", {})
    return parameters if logical_id and isinstance(parameters, dict) else UNKNOWN


def settings(validator: Validator, properties: Any) -> Iterator[tuple[str, str, Path]]:
    """Yield name, value and path of each parameter that a group of the family sets in some case."""
    for family, known in values(validator, properties.get("Family")):
        if family != FAMILY:
            continue
        for parameters, case in branches(known, properties, "Parameters"):
            for name, value in parameters.items() if isinstance(parameters, dict) else ():
                if any(found is not None for found, _ in values(case, value)):
                    yield name, show(value), (*place(case, validator), name)
        return
