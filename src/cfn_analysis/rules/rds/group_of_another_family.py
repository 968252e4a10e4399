import re
from typing import Any

from cfn_analysis.rules.support.aurora import CLUSTER, CLUSTER_GROUP, INSTANCE, INSTANCE_GROUP
from cfn_analysis.rules.support.references import target
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator, properties_of
from cfn_analysis.rules.support.scenarios import only_value
from cfn_analysis.rules.support.values import values


class GroupOfAnotherFamily(Rule):
    """Parameter group of another engine or version than the database.

    A group has a Family, such as aurora-mysql8.0 or postgres16, and RDS refuses it for another engine or
    major version: InvalidParameterCombination.
    """

    id = "E9689"
    source_url = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/parameter-groups-overview.html"
    finding_class = "values"
    looks_at = properties_of(CLUSTER, INSTANCE)

    def findings(self, validator: Validator, properties: Any) -> Findings:
        for group_property, group_type in (
            ("DBClusterParameterGroupName", CLUSTER_GROUP),
            ("DBParameterGroupName", INSTANCE_GROUP),
        ):
            group, group_properties = target(validator, properties.get(group_property), group_type)
            family = only_value(validator, group_properties.get("Family")) if group else None
            engine = only_value(validator, properties.get("Engine"))
            versions = [version for version, _ in values(validator, properties.get("EngineVersion"))]
            if not isinstance(family, str) or not isinstance(engine, str):
                continue
            family_parts = re.fullmatch(r"(.*?)-?(\d+(?:\.\d+)?)?", family)
            if (
                family_parts
                and family_parts[1] != engine
                and engine in ENGINES
                and family_parts[1] in ENGINES
            ):
                yield RuleFinding(
                    (group_property,),
                    f"{group_property} is {group}, whose Family {family} is not of {engine}: RDS refuses it.",
                )
            elif (
                family_parts
                and family_parts[2]
                and versions
                and not any(_fits(version, engine, family_parts[2]) for version in versions)
            ):
                yield RuleFinding(
                    (group_property,),
                    f"{group_property} is {group}, whose Family {family} is not of version {versions[0]}: "
                    "RDS refuses it.",
                )


ENGINES = ("aurora-mysql", "aurora-postgresql", "mysql", "mariadb", "postgres")


def _fits(version: Any, engine: str, major: str) -> bool:
    """Return whether a version is of a family's major version; what is not known fits."""
    if not isinstance(version, str) or not version[:1].isdigit():
        return True
    if engine == "aurora-mysql":
        return version.startswith(f"{major}.") or version == major
    return f"{version}.".startswith(f"{major}.")
