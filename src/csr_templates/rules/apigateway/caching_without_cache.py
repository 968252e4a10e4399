"""W9072: a stage that caches has a cache."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cfnlint.helpers import is_function
from cfnlint.jsonschema import ValidationError
from cfnlint.rules.jsonschema import CfnLintKeyword

from csr_templates.rules.support.apis import STAGE, caching
from csr_templates.rules.support.values import is_true, show, values

if TYPE_CHECKING:
    from cfnlint.jsonschema import ValidationResult, Validator


class CachingWithoutCache(CfnLintKeyword):
    """Where CachingEnabled is true, so is CacheClusterEnabled."""

    id = "W9072"
    shortdesc = "Caching switched on in a stage without cache"
    description = (
        "CachingEnabled in MethodSettings says what is cached, CacheClusterEnabled gives the stage a cache "
        "to keep it in. With the first alone the template deploys, nothing is ever cached, and nobody is "
        "told. Set CacheClusterEnabled to true and CacheClusterSize to the size in GB, under the same "
        "condition."
    )
    source_url = "https://docs.aws.amazon.com/apigateway/latest/api/API_MethodSetting.html"
    tags = ["resources", "apigateway", "cache"]  # noqa: RUF012 - the base class declares it like this

    def __init__(self) -> None:
        super().__init__([f"Resources/{STAGE}/Properties"])

    def validate(self, validator: Validator, _keywords: Any, stage: Any, _schema: Any) -> ValidationResult:
        """Yield one warning per entry of MethodSettings."""
        judged = []
        for _, case, path in caching(validator, stage):
            cluster = stage.get("CacheClusterEnabled")
            off = any(
                not is_true(found) and is_function(found)[0] is None for found, _ in values(case, cluster)
            )
            if off and path not in judged:
                judged.append(path.copy())
                path.append("CachingEnabled")
                yield ValidationError(
                    "CachingEnabled is true, and CacheClusterEnabled of the stage "
                    f"{'is missing' if cluster is None else 'is ' + show(cluster)}: without a cache nothing "
                    "is cached. Set CacheClusterEnabled and CacheClusterSize, under the same condition.",
                    path=path,
                    rule=self,
                )
