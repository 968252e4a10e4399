from itertools import pairwise
from typing import Any

from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.scenarios import number, only_value, property_scenarios
from cfn_analysis.rules.support.values import is_true, values


class LifetimesOutOfOrder(Rule):
    """Lifetimes of a cache that do not fit together.

    MinTTL must not be above DefaultTTL, nor DefaultTTL above MaxTTL: CloudFront refuses the policy or the
    distribution. Without DefaultTTL it is 86,400, without MaxTTL 31,536,000, or MinTTL and DefaultTTL where
    those are more. With MaxTTL 0 nothing is cached, and CloudFront refuses compression in the cache key.
    """

    id = "E9590"
    source_url = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Expiration.html"
    fault_class = "values"
    looks_at = (
        "Resources/AWS::CloudFront::CachePolicy/Properties/CachePolicyConfig",
        "Resources/AWS::CloudFront::Distribution/Properties/DistributionConfig/DefaultCacheBehavior",
        "Resources/AWS::CloudFront::Distribution/Properties/DistributionConfig/CacheBehaviors/*",
    )

    def faults(self, validator: Validator, config: Any) -> Faults:
        names = ("MinTTL", "DefaultTTL", "MaxTTL")
        for found, case in property_scenarios(validator, config, *names):
            key = config.get("ParametersInCacheKeyAndForwardedToOrigin")
            if number(only_value(case, found.get("MaxTTL"))) == 0 and isinstance(key, dict):
                yield from _keyed(case, key)
            known = [(name, number(only_value(case, found[name]))) for name in names if name in found]
            for (low, least), (high, most) in pairwise(known):
                if least is not None and most is not None and least > most:
                    yield Fault(
                        (low,),
                        f"{low} is {least:g} and {high} {most:g}{{when}}: CloudFront refuses it. Put them in "
                        "order.",
                        case,
                    )


def _keyed(case: Validator, key: Any) -> Faults:
    """Yield a fault for each part of the key of a cache that is off."""
    for name in ("EnableAcceptEncodingGzip", "EnableAcceptEncodingBrotli"):
        if any(is_true(found) for found, _ in values(case, key.get(name))):
            yield Fault(
                ("ParametersInCacheKeyAndForwardedToOrigin", name),
                f"{name} is true and MaxTTL 0{{when}}: CloudFront refuses it if nothing is cached. Set it to "
                "false, or increase MaxTTL.",
                case,
            )
