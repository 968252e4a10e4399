from typing import Any

from cfn_analysis.rules.support.apis import STAGE
from cfn_analysis.rules.support.references import own_id, waits_for
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.values import branches, case_of, of_type, place, show


class UsagePlanBeforeStage(Rule):
    """Usage plan that does not wait for its stage.

    A usage plan that names its stage only by a text may be created before the stage, and then fails with 'API
    Stage not found'. Write the stage as a reference to the AWS::ApiGateway::Stage, whose Ref is its name.
    """

    id = "E9531"
    source_url = "https://github.com/aws/serverless-application-model/issues/1560"
    fault_class = "lifecycle"
    looks_at = properties_of("AWS::ApiGateway::UsagePlan")

    def faults(self, validator: Validator, properties: Any) -> Faults:
        stages = list(of_type(validator.cfn.template["Resources"], STAGE))
        for used, where in branches(validator, properties, "ApiStages", "*"):
            for stage_id, stage, of_stage in stages if isinstance(used, dict) else ():
                if (
                    "Stage" in used
                    and used.get("ApiId") == of_stage.get("RestApiId")
                    and used.get("Stage") == of_stage.get("StageName")
                    and case_of(where, stage) is not None
                    and not waits_for(validator, own_id(validator), stage_id)
                ):
                    yield Fault(
                        (*place(where, validator), "Stage"),
                        f"Stage is {show(used['Stage'])}, which is the name of {stage_id}, and the plan does "
                        f"not wait for it: created first, it fails. Write !Ref {stage_id}.",
                    )
