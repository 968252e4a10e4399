from typing import Any

from cfn_analysis.rules.support.apis import METHOD
from cfn_analysis.rules.support.references import waits_for
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.values import case_of, of_type, show


class DeploymentBeforeMethods(Rule):
    """API deployment that does not wait for a method or gateway response.

    A deployment is a copy of the API as it is when the deployment is created. CloudFormation creates it as
    soon as the API itself is there: without methods it fails ('The REST API doesn't contain any methods'),
    with some of them it succeeds, and the others answer 403 'Missing Authentication Token' until the API is
    deployed again. Gateway responses are part of the copy too. List all of them in the deployment's
    DependsOn; one that has a Condition must be referred to by Fn::If instead.
    """

    id = "E9521"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigateway-deployment.html"
    fault_class = "lifecycle"

    def faults(self, validator: Validator, resources: Any) -> Faults:
        for deployment_id, deployment, properties in of_type(resources, "AWS::ApiGateway::Deployment"):
            exists = case_of(validator, deployment)
            if exists is None:
                continue
            missing = [
                part_id
                for part_id, part, of_part in of_type(resources, METHOD, "AWS::ApiGateway::GatewayResponse")
                if of_part.get("RestApiId") == properties.get("RestApiId")
                and case_of(exists, part) is not None
                and not waits_for(validator, deployment_id, part_id)
            ]
            if missing:
                given = deployment.get("DependsOn")
                yield Fault(
                    (deployment_id, "DependsOn") if given else (deployment_id,),
                    f"DependsOn is {show(given) if given else 'missing'}, and the deployment does not wait "
                    f"for {', '.join(missing)}: it may be created without them, and then they are not "
                    "deployed. Add them to DependsOn, or refer by Fn::If to what has a Condition.",
                )
