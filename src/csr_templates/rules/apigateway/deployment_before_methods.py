"""E9071: a deployment of an API holds all of the API."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from cfnlint.jsonschema import ValidationError
from cfnlint.rules.jsonschema import CfnLintKeyword

from csr_templates.rules.support.apis import METHOD
from csr_templates.rules.support.references import waits_for
from csr_templates.rules.support.values import created, of_type, show

if TYPE_CHECKING:
    from cfnlint.jsonschema import ValidationResult, Validator


class DeploymentBeforeMethods(CfnLintKeyword):
    """A deployment waits for every method and gateway response of its API."""

    id = "E9071"
    shortdesc = "API deployment that does not wait for a method or gateway response"
    description = (
        "A deployment is a copy of the API as it is when the deployment is made. CloudFormation makes it as "
        "soon as the API itself is there: without methods it fails ('The REST API doesn't contain any "
        "methods'), with some of them it succeeds, and the others answer 403 'Missing Authentication Token' "
        "until somebody deploys again. Gateway responses are part of the copy too. List all of them in the "
        "deployment's DependsOn; one that has a Condition must be referred to by Fn::If instead."
    )
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigateway-deployment.html"
    tags = ["resources", "apigateway"]  # noqa: RUF012 - the base class declares it like this

    def __init__(self) -> None:
        super().__init__(["Resources"])

    def validate(
        self, validator: Validator, _keywords: Any, resources: Any, _schema: Any
    ) -> ValidationResult:
        """Yield one error per deployment, which names all that it leaves out."""
        for deployment_id, deployment, properties in of_type(resources, "AWS::ApiGateway::Deployment"):
            exists = created(validator, deployment)
            if exists is None:
                continue
            missing = [
                part_id
                for part_id, part, of_part in of_type(resources, METHOD, "AWS::ApiGateway::GatewayResponse")
                if of_part.get("RestApiId") == properties.get("RestApiId")
                and created(exists, part) is not None
                and not waits_for(validator, deployment_id, part_id)
            ]
            if missing:
                given = deployment.get("DependsOn")
                yield ValidationError(
                    f"DependsOn is {show(given) if given else 'missing'}, and the deployment does not wait "
                    f"for {', '.join(missing)}: it may be made without them, and then they are not "
                    "deployed. Add them to DependsOn, or refer by Fn::If to what has a Condition.",
                    path=deque([deployment_id, "DependsOn"] if given else [deployment_id]),
                    rule=self,
                )
