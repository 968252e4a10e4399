import re
from collections.abc import Iterator
from typing import Any

from cfn_analysis.rules.support.documents import each, texts
from cfn_analysis.rules.support.references import sub_text
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator
from cfn_analysis.rules.support.values import Path, of_type


class NameUnknownToDistribution(Rule):
    """Record for a distribution that does not have the name as an alias.

    CloudFront responds only to the domain names in Aliases of a distribution, and returns 403 for any other
    name. A record with a name that is not in Aliases does not work. Add the name to Aliases, with a
    certificate for it.
    """

    id = "E9778"
    source_url = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html"
    finding_class = "names"

    def findings(self, validator: Validator, resources: Any) -> Findings:
        aliases_by_distribution = _aliases(resources)
        if not aliases_by_distribution:
            return
        for name, target, path in _records(resources):
            domain = re.fullmatch(r"\$\{(\w+)\.DomainName\}", target)
            if domain is None or domain[1] not in aliases_by_distribution:
                continue
            aliases = aliases_by_distribution[domain[1]]
            if any(_may_answer_for(alias, name) for alias in aliases):
                continue
            listed = f"has only {' and '.join(aliases)}" if aliases else "is empty"
            yield RuleFinding(
                path,
                f"Name is {name} and is an alias for {domain[1]}, whose Aliases {listed}: CloudFront "
                "answers 403. Add the name to Aliases.",
            )


def _aliases(resources: Any) -> dict[str, list[str]]:
    """Return the names of each distribution of which all are known."""
    by_distribution: dict[str, list[str]] = {}
    for logical_id, _, properties in of_type(resources, "AWS::CloudFront::Distribution"):
        config = properties.get("DistributionConfig")
        if not isinstance(config, dict) or "ConnectionMode" in config:  # tenants have their own names
            continue
        names = [sub_text(alias) for alias, _ in each(config.get("Aliases"))]
        if None not in names:
            by_distribution[logical_id] = [str(name) for name in names]
    return by_distribution


def _records(resources: Any) -> Iterator[tuple[str, str, Path]]:
    """Yield name, target and path of each alias record."""
    for logical_id, _, properties in of_type(
        resources, "AWS::Route53::RecordSet", "AWS::Route53::RecordSetGroup"
    ):
        for record, path in each(properties.get("RecordSets", properties), logical_id, "Properties"):
            alias = record.get("AliasTarget") if isinstance(record, dict) else None
            target = sub_text(alias.get("DNSName")) if isinstance(alias, dict) else None
            if not target:
                continue
            for name in texts(record.get("Name")):
                yield name, target, (*path, "Name")


def _may_answer_for(alias: str, name: str) -> bool:
    """Return whether an alias matches a name, or can match it with different parameters."""
    alias, name = alias.removesuffix("."), name.removesuffix(".")
    if set(re.findall(r"\$\{[^}]*\}", alias)) != set(re.findall(r"\$\{[^}]*\}", name)):
        return True
    return alias == name or (alias.startswith("*.") and name.partition(".")[2] == alias[2:])
