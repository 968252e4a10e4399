import re
from typing import Any

from cfn_analysis.rules.support.documents import IDENTITY_POLICIES, conditions, documents, principals, texts
from cfn_analysis.rules.support.rule import Finding, Findings, Rule, Validator

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
        for statement, path in documents(policy):
            named = [(name, (*path, "Principal")) for name in principals(statement)]
            for operator, key, value, place in conditions(statement):
                if key.lower() == "kms:viaservice" and "Not" not in operator:
                    named += [(text, (*path, *place)) for text in texts(value)]
            written = {found[2] for text, _ in named if (found := REGIONAL.fullmatch(text))}
            for text, where in named:
                found = REGIONAL.fullmatch(text) if len(written) == 1 else None  # a list is meant
                if found and [found[2]] != validator.context.regions and "AWS::Region" in str(policy):
                    yield Finding(
                        where,
                        f"{text} is the service of {found[2]}, and the policy is for AWS::Region. Write "
                        f"{found[1]}.${{AWS::Region}}.amazonaws.com.",
                    )
