import re
from collections.abc import Iterator
from typing import Any

from cfn_analysis.rules.support.documents import entries, texts
from cfn_analysis.rules.support.metrics import metrics
from cfn_analysis.rules.support.references import single_reference, sub_text
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator
from cfn_analysis.rules.support.values import Path, of_type, possible_values

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
            names = stages.get(api)
            if not names or None in names or name in names or name == TEST or "*" in name:
                continue
            yield RuleFinding(
                path,
                f"{path[-1]} is the stage {name}, but {api} has only "
                f"{' and '.join(sorted(str(stage) for stage in names))}. Use one of them.",
            )


def _stages(validator: Validator, resources: Any) -> dict[str, set[str | None]]:
    """Return the names of the stages of each API; None for a name that is not known."""
    names_by_api: dict[str, set[str | None]] = {}
    for _, _, properties in of_type(resources, "AWS::ApiGateway::Stage", "AWS::ApiGateway::Deployment"):
        api = single_reference(properties.get("RestApiId"))[0]
        if not api or "StageName" not in properties:
            continue
        for name in possible_values(validator, properties["StageName"]):
            names_by_api.setdefault(api, set()).add(name if isinstance(name, str) else None)
    return names_by_api


def _named(validator: Validator, resources: Any) -> Iterator[tuple[Path, str, str]]:
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
            source = re.fullmatch(r".*:execute-api:.*:\$\{(\w+)\}/([^/$*]+)/.*", text)
            if source and source[2] != "authorizers":
                yield (logical_id, "Properties", "SourceArn"), source[1], source[2]
    yield from _named_by_alarms(validator, resources)


def _named_by_alarms(validator: Validator, resources: Any) -> Iterator[tuple[Path, str, str]]:
    apis = {
        sub_text(properties.get("Name")): api
        for api, _, properties in of_type(resources, "AWS::ApiGateway::RestApi")
    }
    for logical_id, _, properties in of_type(resources, "AWS::CloudWatch::Alarm"):
        for metric in metrics(validator, properties):
            dimensions = metric.dimensions or {}
            api = apis.get(sub_text(dimensions.get("ApiName")), "")
            if metric.namespace != "AWS/ApiGateway" or not api:
                continue
            names = [
                name
                for name in possible_values(metric.case, dimensions.get("Stage"))
                if isinstance(name, str)
            ]
            if names:  # one value of a parameter is enough
                yield (logical_id, "Properties", *metric.path("Dimensions")), api, names[0]
