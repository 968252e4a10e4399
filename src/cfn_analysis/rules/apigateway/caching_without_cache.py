from typing import Any

from cfn_analysis.rules.support.apis import STAGE, caching_settings
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.scenarios import number
from cfn_analysis.rules.support.values import is_false, show, values


class CachingWithoutCache(Rule):
    """Caching switched on in a stage that caches nothing.

    CachingEnabled in MethodSettings selects the cached methods; CacheClusterEnabled provides the cache of the
    stage. With only the first, the template deploys, but nothing is cached. Set CacheClusterEnabled to
    true and CacheClusterSize to the size in GB, under the same condition. A lifetime of 0 seconds caches
    nothing either.
    """

    id = "W9522"
    source_url = "https://docs.aws.amazon.com/apigateway/latest/api/API_MethodSetting.html"
    fault_class = "protections"
    looks_at = properties_of(STAGE)

    def faults(self, validator: Validator, stage: Any) -> Faults:
        for setting, case, path in caching_settings(validator, stage):
            lifetime = setting.get("CacheTtlInSeconds")
            if any(number(found) == 0 for found, _ in values(case, lifetime)):
                yield Fault(
                    (*path, "CacheTtlInSeconds"),
                    f"CachingEnabled is true, and CacheTtlInSeconds is {show(lifetime)}: nothing is cached. "
                    "Set a lifetime from 1 to 3600 seconds.",
                )
            cluster = stage.get("CacheClusterEnabled")
            if any(is_false(found) for found, _ in values(case, cluster)):
                yield Fault(
                    (*path, "CachingEnabled"),
                    "CachingEnabled is true, and CacheClusterEnabled of the stage "
                    f"{'is missing' if cluster is None else 'is ' + show(cluster)}: without a cache nothing "
                    "is cached. Set CacheClusterEnabled and CacheClusterSize, under the same condition.",
                )
