import re
from collections.abc import Iterator
from typing import Any

from cfn_analysis.rules.support.documents import entries, texts
from cfn_analysis.rules.support.metrics import metrics
from cfn_analysis.rules.support.references import single_reference, sub_text
from cfn_analysis.rules.support.rule import Finding, Findings, Rule, Validator
from cfn_analysis.rules.support.values import of_type, values

TEST = "test-invoke-stage"  # of the console, for every API


class UnknownStage(Rule):
    """Name of a stage that the API does not have.

    A usage plan, a base path or a permission for a stage that does not exist fails, or is never used: the
    function refuses API Gateway, and every request gets 500. An alarm on one never has data. The stages of an
    API of the template are its AWS::ApiGateway::Stage and the StageName of its deployments.
    """

    id = "E9540"
    source_url = (
        "https://docs.aws.amazon.com/lambda/latest/dg/services-apigateway.html#apigateway-permissions"
    )
    finding_class = "names"

    def findings(self, validator: Validator, resources: Any) -> Findings:
        stages = _stages(validator, resources)
        if not stages:
            return
        for path, api, name in _named(validator, resources):
            known = stages.get(api)
            if known and None not in known and name not in {*known, TEST} and "*" not in name:
                yield Finding(
                    path,
                    f"{path[-1]} is the stage {name}, but {api} has only "
                    f"{' and '.join(sorted(map(str, known)))}. Use one of them.",
                )


def _stages(validator: Validator, resources: Any) -> dict[str, set[str | None]]:
    """Return the names of the stages of each API; None for a name that is not known."""
    found: dict[str, set[str | None]] = {}
    for _, _, properties in of_type(resources, "AWS::ApiGateway::Stage", "AWS::ApiGateway::Deployment"):
        api = single_reference(properties.get("RestApiId"))[0]
        for name, _ in values(validator, properties.get("StageName")):
            if api and "StageName" in properties:
                found.setdefault(api, set()).add(name if isinstance(name, str) else None)
    return found


def _named(validator: Validator, resources: Any) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
    """Yield path, API and name of each stage that is named."""
    for stage, path in entries(resources, "AWS::ApiGateway::UsagePlan", "ApiStages"):
        if isinstance(stage.get("Stage"), str):
            yield (*path, "Stage"), single_reference(stage.get("ApiId"))[0], stage["Stage"]
    for logical_id, _, properties in of_type(resources, "AWS::ApiGateway::BasePathMapping"):
        if isinstance(properties.get("Stage"), str):
            api = single_reference(properties.get("RestApiId"))[0]
            yield (logical_id, "Properties", "Stage"), api, properties["Stage"]
    for logical_id, _, properties in of_type(resources, "AWS::Lambda::Permission"):
        for text in texts(properties.get("SourceArn")):
            named = re.fullmatch(r".*:execute-api:.*:\$\{(\w+)\}/([^/$*]+)/.*", text)
            if named and named[2] != "authorizers":
                yield (logical_id, "Properties", "SourceArn"), named[1], named[2]
    apis = {
        sub_text(properties.get("Name")): api
        for api, _, properties in of_type(resources, "AWS::ApiGateway::RestApi")
    }
    for logical_id, _, properties in of_type(resources, "AWS::CloudWatch::Alarm"):
        if "AWS/ApiGateway" not in str(properties):
            continue
        for metric in metrics(validator, properties):
            named_api = apis.get(sub_text((metric.dimensions or {}).get("ApiName")), "")
            for name, _ in values(metric.case, (metric.dimensions or {}).get("Stage")) if named_api else ():
                if isinstance(name, str):
                    yield (logical_id, "Properties", *metric.path("Dimensions")), named_api, name
                    break  # one value of a parameter is enough
