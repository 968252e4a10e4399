"""W9078: what an API's cache keeps is encrypted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cfnlint.helpers import is_function
from cfnlint.jsonschema import ValidationError
from cfnlint.rules.jsonschema import CfnLintKeyword

from csr_templates.rules.support.apis import STAGE, cached
from csr_templates.rules.support.values import is_true, show, values

if TYPE_CHECKING:
    from cfnlint.jsonschema import ValidationResult, Validator


class UnencryptedCache(CfnLintKeyword):
    """Whatever a stage caches, it encrypts."""

    id = "W9078"
    shortdesc = "API cache that is not encrypted"
    description = (
        "CacheDataEncrypted is false unless it is set, also on an API that is encrypted everywhere else. "
        "Answers of the API then lie in the cache as they are. Set it to true in every entry of "
        "MethodSettings that caches: entries do not inherit from one another."
    )
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-apigateway-stage-methodsetting.html"
    tags = ["resources", "apigateway", "cache"]  # noqa: RUF012 - the base class declares it like this

    def __init__(self) -> None:
        super().__init__([f"Resources/{STAGE}/Properties"])

    def validate(self, validator: Validator, _keywords: Any, stage: Any, _schema: Any) -> ValidationResult:
        """Yield one warning per entry of MethodSettings."""
        judged = []
        for setting, case, path in cached(validator, stage):
            value = setting.get("CacheDataEncrypted")
            plain = any(
                not is_true(found) and is_function(found)[0] is None for found, _ in values(case, value)
            )
            if plain and path not in judged:
                judged.append(path.copy())
                if value is not None:
                    path.append("CacheDataEncrypted")
                yield ValidationError(
                    f"CacheDataEncrypted is {'missing' if value is None else show(value)} where "
                    "CachingEnabled is true: answers of the API are stored unencrypted. Set it to true.",
                    path=path,
                    rule=self,
                )
