from typing import Any

from cfn_analysis.model.references import value_at
from cfn_analysis.rules.support.apis import STAGE
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator
from cfn_analysis.rules.support.values import case_of, of_type, ref_name, show, values


class DeploymentWithStageBesideStage(Rule):
    """API deployment with a stage name in addition to a stage.

    StageName of a deployment creates a stage. With an AWS::ApiGateway::Stage, that is a second stage: under
    the same name the create call fails, under another the API is public a second time, without the logs,
    throttling, tracing and firewall of the declared stage. It is also not deleted with the deployment. Leave
    StageName and StageDescription out of the deployment.
    """

    id = "W9523"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigateway-deployment.html"
    finding_class = "lifecycle"

    def findings(self, validator: Validator, resources: Any) -> Findings:
        for stage_id, stage, of_stage in of_type(resources, STAGE):
            deployment_id = ref_name(of_stage.get("DeploymentId"))
            name = value_at(resources, (deployment_id, "Properties", "StageName"))
            case = case_of(validator, stage)
            if case and any(value is not None for value, _ in values(case, name)):
                yield RuleFinding(
                    (deployment_id, "Properties", "StageName"),
                    f"StageName is {show(name)}: the deployment creates a stage of that name beside "
                    f"{stage_id} ({show(of_stage.get('StageName'))}). Under the same name it fails, under "
                    "another it is open to anyone without the settings of that stage. Leave StageName and "
                    "StageDescription out.",
                )
