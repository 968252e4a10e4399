import re
from typing import Any

from cfn_analysis.rules.support.documents import IDENTITY_POLICIES, conditions, documents, principals, texts
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator
from cfn_analysis.rules.support.values import logical_ids_in

REGIONAL = re.compile(r"([a-z0-9-]+)\.([a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com")


class ServiceOfAnotherRegion(Rule):
    """Permission on a key for a service of one region, in a template for any region.

    The services of a region use the keys of that region: logs.REGION.amazonaws.com as a principal, and
    SERVICE.REGION.amazonaws.com in kms:ViaService. If a policy names a region there and uses AWS::Region
    elsewhere, it works only in that region. Write ${AWS::Region} in both places.
    """

    id = "W9787"
    source_url = (
        "https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service"
    )
    finding_class = "names"
    looks_at = ("Resources/AWS::KMS::Key/Properties/KeyPolicy", *IDENTITY_POLICIES)

    def findings(self, validator: Validator, policy: Any) -> Findings:
        is_regional = "AWS::Region" in logical_ids_in(policy)
        for statement, path in documents(policy):
            named = [(name, (*path, "Principal")) for name in principals(statement)]
            for operator, key, value, place in conditions(statement):
                if key.lower() == "kms:viaservice" and "Not" not in operator:
                    named += [(text, (*path, *place)) for text in texts(value)]
            services = [(REGIONAL.fullmatch(text), service_path) for text, service_path in named]
            regional = [(service, service_path) for service, service_path in services if service]
            regions = {service[2] for service, _ in regional}
            if not is_regional or len(regions) != 1 or [*regions] == validator.context.regions:
                continue  # several regions are meant
            for service, service_path in regional:
                yield RuleFinding(
                    service_path,
                    f"{service[0]} is the service of {service[2]}, and the policy is for AWS::Region. Write "
                    f"{service[1]}.${{AWS::Region}}.amazonaws.com.",
                )
