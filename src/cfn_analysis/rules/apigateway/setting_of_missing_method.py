from typing import Any

from cfn_analysis.rules.support.apis import STAGE, methods
from cfn_analysis.rules.support.documents import each
from cfn_analysis.rules.support.references import single_reference
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator
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
            api_properties = resources.get(api, {}).get("Properties", {})
            paths = {method.path for method in methods(resources, properties.get("RestApiId"))}
            if not paths or "" in paths or {"Body", "BodyS3Location"} & set(api_properties):
                continue
            settings = each(properties.get("MethodSettings"), logical_id, "Properties", "MethodSettings")
            for setting, path in settings:
                written = setting.get("ResourcePath") if isinstance(setting, dict) else None
                if not isinstance(written, str) or written in ("/*", "*", "/"):
                    continue
                method_path = "/" + written.lstrip("/").replace("~1", "/").lstrip("/")
                if method_path not in paths:
                    yield RuleFinding(
                        (*path, "ResourcePath"),
                        f"ResourcePath is {written}, which is the path {method_path}: {api or 'the API'} has "
                        f"{' and '.join(sorted(paths))}. The setting applies to no method.",
                    )
