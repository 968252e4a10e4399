"""E9087: a usage plan waits for its stage."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from cfnlint.jsonschema import ValidationError
from cfnlint.rules.helpers import get_value_from_path
from cfnlint.rules.jsonschema import CfnLintKeyword

from csr_templates.rules.support.apis import STAGE
from csr_templates.rules.support.references import waits_for
from csr_templates.rules.support.values import created, of_type, place, show

if TYPE_CHECKING:
    from cfnlint.jsonschema import ValidationResult, Validator


class UsagePlanBeforeStage(CfnLintKeyword):
    """A usage plan refers to, or depends on, the stage that it names."""

    id = "E9087"
    shortdesc = "Usage plan that does not wait for its stage"
    description = (
        "A usage plan that names its stage by a text alone may be made before the stage, and then fails "
        "with 'API Stage not found'. Write the stage as a reference to the AWS::ApiGateway::Stage, whose "
        "Ref is its name."
    )
    source_url = "https://github.com/aws/serverless-application-model/issues/1560"
    tags = ["resources", "apigateway"]  # noqa: RUF012 - the base class declares it like this

    def __init__(self) -> None:
        super().__init__(["Resources"])

    def validate(
        self, validator: Validator, _keywords: Any, resources: Any, _schema: Any
    ) -> ValidationResult:
        """Yield one error per stage that is named too early."""
        stages = list(of_type(resources, STAGE))
        for plan_id, plan, properties in of_type(resources, "AWS::ApiGateway::UsagePlan"):
            exists = created(validator, plan)
            if exists is None:
                continue
            for used, where in get_value_from_path(exists, properties, deque(["ApiStages", "*"])):
                for stage_id, stage, of_stage in stages if isinstance(used, dict) else ():
                    if (
                        "Stage" in used
                        and used.get("ApiId") == of_stage.get("RestApiId")
                        and used.get("Stage") == of_stage.get("StageName")
                        and created(where, stage) is not None
                        and not waits_for(validator, plan_id, stage_id)
                    ):
                        yield ValidationError(
                            f"Stage is {show(used['Stage'])}, which is the name of {stage_id}, and the plan "
                            f"does not wait for it: made first, it fails. Write !Ref {stage_id}.",
                            path=deque([plan_id, "Properties", *place(where, exists), "Stage"]),
                            rule=self,
                        )
