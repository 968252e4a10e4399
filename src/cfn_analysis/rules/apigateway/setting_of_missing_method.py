from typing import Any

from cfn_analysis.rules.support.apis import STAGE, methods
from cfn_analysis.rules.support.documents import each
from cfn_analysis.rules.support.references import single_reference
from cfn_analysis.rules.support.rule import Finding, Findings, Rule, Validator
from cfn_analysis.rules.support.values import of_type


class SettingOfMissingMethod(Rule):
    """Method setting for a method that the API does not have.

    MethodSettings identify a method by its path, with each slash as ~1, and its HttpMethod. A path with
    another spelling is accepted, but its throttling, caching or logging applies to no method. The rule checks
    only APIs whose methods are all in the template.
    """

    id = "W9541"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-apigateway-stage-methodsetting.html"
    finding_class = "protections"

    def findings(self, validator: Validator, resources: Any) -> Findings:
        for logical_id, _, properties in of_type(resources, STAGE):
            api = single_reference(properties.get("RestApiId"))[0]
            holder = resources.get(api, {}).get("Properties", {})
            known = methods(resources, properties.get("RestApiId"))
            paths = {method.path for method in known}
            if not known or "" in paths or {"Body", "BodyS3Location"} & set(holder):
                continue
            for setting, path in each(
                properties.get("MethodSettings"), logical_id, "Properties", "MethodSettings"
            ):
                wanted = setting.get("ResourcePath") if isinstance(setting, dict) else None
                if not isinstance(wanted, str) or wanted in ("/*", "*", "/"):
                    continue
                plain = "/" + wanted.lstrip("/").replace("~1", "/").lstrip("/")
                if plain not in paths:
                    yield Finding(
                        (*path, "ResourcePath"),
                        f"ResourcePath is {wanted}, which is the path {plain}: {api or 'the API'} has "
                        f"{' and '.join(sorted(paths))}. The setting applies to no method.",
                    )
