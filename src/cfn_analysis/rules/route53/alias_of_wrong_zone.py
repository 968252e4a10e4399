import re
from typing import Any

from cfn_analysis.rules.support.documents import each
from cfn_analysis.rules.support.references import single_reference, sub_text
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator

CLOUDFRONT = "Z2FDTNDATAQYW2"

# Type -> attribute with its domain name, and attribute with its hosted zone ID.
ZONES = {
    "AWS::ElasticLoadBalancingV2::LoadBalancer": (("DNSName",), "CanonicalHostedZoneID"),
    "AWS::ElasticLoadBalancing::LoadBalancer": (
        ("DNSName", "CanonicalHostedZoneName"),
        "CanonicalHostedZoneNameID",
    ),
    "AWS::ApiGateway::DomainName": (("RegionalDomainName",), "RegionalHostedZoneId"),
    "AWS::ApiGatewayV2::DomainName": (("RegionalDomainName",), "RegionalHostedZoneId"),
}


class AliasOfWrongZone(Rule):
    """Alias record with the hosted zone of another service.

    HostedZoneId in AliasTarget is the zone of the target, not that of the record: for CloudFront always
    Z2FDTNDATAQYW2, for a load balancer or an API's domain an attribute of it. Route 53 refuses another zone:
    'Tried to create an alias that targets ..., but the alias target name does not lie within the target
    zone'.
    """

    id = "E9775"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-route53-recordset-aliastarget.html"
    fault_class = "names"
    looks_at = (
        "Resources/AWS::Route53::RecordSet/Properties/AliasTarget",
        "Resources/AWS::Route53::RecordSetGroup/Properties/RecordSets/*/AliasTarget",
    )

    def faults(self, validator: Validator, alias: Any) -> Faults:
        zone = sub_text(alias.get("HostedZoneId"))
        found = re.fullmatch(r"(?:dualstack\.)?\$\{(\w+)\.([\w.]+)\}", sub_text(alias.get("DNSName")) or "")
        kind = validator.cfn.template["Resources"].get(found[1], {}).get("Type") if found else None
        if not found or zone is None:
            return
        if kind == "AWS::CloudFront::Distribution":
            right = CLOUDFRONT
        elif kind in ZONES and found[2] in ZONES[kind][0]:
            right = f"${{{found[1]}.{ZONES[kind][1]}}}"
        else:
            return
        own = single_reference(alias["HostedZoneId"])[0]
        if own == _zone_of_record(validator):
            own = ""  # the zone of the record is known to be another
        parameters = validator.cfn.template.get("Parameters", {})
        if zone != right and own not in parameters and own != "AWS::NoValue":
            yield Fault(
                ("HostedZoneId",),
                f"HostedZoneId is {zone}, and {found[1]} is in {right}: Route 53 refuses the alias. Use "
                "the zone of the target, not of the record.",
            )


def _zone_of_record(validator: Validator) -> str:
    """Return the parameter or resource that names the hosted zone of the record itself."""
    _, logical_id, _, *path = validator.context.path.path
    properties = validator.cfn.template["Resources"][logical_id].get("Properties", {})
    records = each(properties.get("RecordSets")) if path[:1] == ["RecordSets"] else ()
    found = [properties, *(record for record, _ in records if isinstance(record, dict))]
    names = (single_reference(holder.get("HostedZoneId"))[0] for holder in found)
    return next((name for name in names if name), "")
