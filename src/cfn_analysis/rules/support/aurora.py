"""Aurora MySQL clusters of a template: members, versions and parameter groups."""

from collections.abc import Iterator
from typing import Any

from cfnlint.jsonschema import Validator

from cfn_analysis.rules.support.references import single_reference, target
from cfn_analysis.rules.support.scenarios import conditional_properties
from cfn_analysis.rules.support.values import Path, branches, of_type, place, possible_values, show, values

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
    for parameters in (
        _group(validator, instance.get("DBParameterGroupName"), INSTANCE_GROUP),
        _group(validator, cluster.get("DBClusterParameterGroupName"), CLUSTER_GROUP),
    ):
        if parameters is UNKNOWN:
            return UNKNOWN
        if name in parameters:
            return parameters[name]
    return None


def _group(validator: Validator, group: Any, group_type: str) -> Any:
    """Return the parameters that a group sets; none for the default group."""
    if group is None:
        return {}
    logical_id, properties = target(validator, group, group_type)
    parameters = properties.get("Parameters", {})
    if not logical_id or not isinstance(parameters, dict):
        return UNKNOWN
    return parameters


def settings(validator: Validator, properties: Any) -> Iterator[tuple[str, str, Path]]:
    """Yield name, value and path of each parameter that a group of the family sets in some case."""
    for family, family_case in values(validator, properties.get("Family")):
        if family != FAMILY:
            continue
        for parameters, case in branches(family_case, properties, "Parameters"):
            if not isinstance(parameters, dict):
                continue
            for name, value in parameters.items():
                if any(possible is not None for possible in possible_values(case, value)):
                    yield name, show(value), (*place(case, validator), name)
        return
