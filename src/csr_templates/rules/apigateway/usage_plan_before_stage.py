"""A usage plan waits for its stage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from csr_templates.rules.support.apis import STAGE
from csr_templates.rules.support.references import waits_for
from csr_templates.rules.support.rule import Fault, Rule
from csr_templates.rules.support.values import branches, case_of, of_type, place, show

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cfnlint.jsonschema import Validator


class UsagePlanBeforeStage(Rule):
    """Usage plan that does not wait for its stage.

    A usage plan that names its stage only by a text may be created before the stage, and then fails with 'API
    Stage not found'. Write the stage as a reference to the AWS::ApiGateway::Stage, whose Ref is its name.
    """

    id = "E9531"
    source_url = "https://github.com/aws/serverless-application-model/issues/1560"
    tags = ["resources", "apigateway"]

    def faults(self, validator: Validator, resources: Any) -> Iterator[Fault]:
        stages = list(of_type(resources, STAGE))
        for plan_id, plan, properties in of_type(resources, "AWS::ApiGateway::UsagePlan"):
            exists = case_of(validator, plan)
            if exists is None:
                continue
            for used, where in branches(exists, properties, "ApiStages", "*"):
                for stage_id, stage, of_stage in stages if isinstance(used, dict) else ():
                    if (
                        "Stage" in used
                        and used.get("ApiId") == of_stage.get("RestApiId")
                        and used.get("Stage") == of_stage.get("StageName")
                        and case_of(where, stage) is not None
                        and not waits_for(validator, plan_id, stage_id)
                    ):
                        yield Fault(
                            (plan_id, "Properties", *place(where, exists), "Stage"),
                            f"Stage is {show(used['Stage'])}, which is the name of {stage_id}, and the plan "
                            f"does not wait for it: created first, it fails. Write !Ref {stage_id}.",
                        )
