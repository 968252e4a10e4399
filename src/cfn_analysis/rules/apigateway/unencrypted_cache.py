from typing import Any

from cfn_analysis.rules.support.apis import STAGE, cached_settings
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.values import is_false, show, values


class UnencryptedCache(Rule):
    """API cache that is not encrypted.

    CacheDataEncrypted is false by default, also if all other data of the API is encrypted. Responses of
    the API are then stored unencrypted. Set it to true in every entry of MethodSettings that enables caching:
    entries do not inherit from one another.
    """

    id = "W9528"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-apigateway-stage-methodsetting.html"
    fault_class = "protections"
    looks_at = properties_of(STAGE)

    def faults(self, validator: Validator, stage: Any) -> Faults:
        for setting, case, path in cached_settings(validator, stage):
            value = setting.get("CacheDataEncrypted")
            if any(is_false(found) for found, _ in values(case, value)):
                yield Fault(
                    path if value is None else (*path, "CacheDataEncrypted"),
                    f"CacheDataEncrypted is {'missing' if value is None else show(value)} where "
                    "CachingEnabled is true: answers of the API are stored unencrypted. Set it to true.",
                )
