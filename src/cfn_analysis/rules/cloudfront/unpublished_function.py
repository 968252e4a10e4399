from collections.abc import Iterator
from typing import Any

from cfn_analysis.rules.support.distributions import configurations
from cfn_analysis.rules.support.references import target_case
from cfn_analysis.rules.support.rule import Fault, Rule, Validator
from cfn_analysis.rules.support.scenarios import state
from cfn_analysis.rules.support.values import case_of, existing, mappings, of_type, values

FUNCTION = "AWS::CloudFront::Function"


class UnpublishedFunction(Rule):
    """CloudFront Function that is not published.

    CloudFront creates a function in the stage DEVELOPMENT, but a cache behavior uses only the stage LIVE.
    Without AutoPublish true, LIVE does not exist, and the distribution fails; after a change the old code
    runs. Set AutoPublish to true.
    """

    id = "E9585"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudfront-function.html"
    fault_class = "protections"

    def faults(self, validator: Validator, resources: Any) -> Iterator[Fault]:
        for function, distribution, case in _used(validator, resources):
            publish = resources[function].get("Properties", {}).get("AutoPublish")
            for published, where in values(case, publish):
                if published is None or str(published).lower() == "false":
                    how = "is missing" if publish is None else state(case, where, publish, published)
                    yield Fault(
                        existing(resources, (function, "Properties", "AutoPublish")),
                        f"AutoPublish {how}, and a behavior of {distribution} uses the function: CloudFront "
                        "uses only published functions. Set it to true.",
                        where,
                    )


def _used(validator: Validator, resources: Any) -> Iterator[tuple[str, str, Validator]]:
    """Yield function, distribution and case of each use of a function of the template."""
    for distribution, resource, properties in of_type(resources, "AWS::CloudFront::Distribution"):
        exists = case_of(validator, resource)
        parts = ("DefaultCacheBehavior", "CacheBehaviors")
        for config in configurations(exists, properties, *parts) if exists else ():
            for _, behavior in config.behaviors():
                for use in mappings(behavior.get("FunctionAssociations")):
                    function, _, both = target_case(config.case, use.get("FunctionARN"), FUNCTION)
                    if both:
                        yield function, distribution, both
