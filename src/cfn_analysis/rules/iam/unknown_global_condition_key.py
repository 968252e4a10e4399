from typing import Any

from cfn_analysis.rules.support.documents import POLICIES, TRUST, conditions_in
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.words import nearest

NAMES = (
    "aws:AssumedRoot aws:CalledVia aws:CalledViaAWSMCP aws:CalledViaFirst aws:CalledViaLast "
    "aws:ChatbotSourceArn aws:CurrentTime aws:Ec2InstanceSourcePrivateIPv4 aws:Ec2InstanceSourceVpc "
    "aws:EpochTime aws:FederatedProvider aws:MultiFactorAuthAge aws:MultiFactorAuthPresent "
    "aws:PrincipalAccount aws:PrincipalArn aws:PrincipalIsAWSService aws:PrincipalOrgID "
    "aws:PrincipalOrgPaths aws:PrincipalServiceName aws:PrincipalServiceNamesList aws:PrincipalType "
    "aws:Referer aws:RequestedRegion aws:ResourceAccount aws:ResourceOrgID aws:ResourceOrgPaths "
    "aws:SecureTransport aws:SourceAccount aws:SourceArn aws:SourceIdentity aws:SourceIp aws:SourceOrgID "
    "aws:SourceOrgPaths aws:SourceVpc aws:SourceVpcArn aws:SourceVpce aws:TagKeys aws:TokenIssueTime "
    "aws:UserAgent aws:userid aws:username aws:ViaAWSMCPService aws:ViaAWSService aws:VpceAccount "
    "aws:VpceOrgID aws:VpceOrgPaths aws:VpcSourceIp aws:PrincipalTag aws:RequestTag aws:ResourceTag "
    # https://docs.aws.amazon.com/service-authorization/latest/reference/list_lambda.html
    "lambda:CodeSigningConfigArn lambda:EventSourceToken lambda:FunctionArn lambda:FunctionUrlAuthType "
    "lambda:InvokedViaFunctionUrl lambda:Layer lambda:Principal lambda:SecurityGroupIds "
    "lambda:SourceFunctionArn lambda:SubnetIds lambda:VpcIds "
    # https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
    "kms:BypassPolicyLockoutSafetyCheck kms:CallerAccount kms:CustomerMasterKeySpec "
    "kms:CustomerMasterKeyUsage kms:DataKeyPairSpec kms:EncryptionAlgorithm kms:EncryptionContextKeys "
    "kms:ExpirationModel kms:GrantConstraintType kms:GrantIsForAWSResource kms:GrantOperations "
    "kms:GranteePrincipal kms:KeyAgreementAlgorithm kms:KeyOrigin kms:KeySpec kms:KeyUsage kms:MacAlgorithm "
    "kms:MessageType kms:MultiRegion kms:MultiRegionKeyType kms:PrimaryRegion kms:ReEncryptOnSameKey "
    "kms:RequestAlias kms:ResourceAliases kms:ReplicaRegion kms:RetiringPrincipal "
    "kms:RotationPeriodInDays kms:ScheduleKeyDeletionPendingWindowInDays kms:SigningAlgorithm kms:ValidTo "
    "kms:ViaService kms:WrappingAlgorithm kms:WrappingKeySpec"
)
OPEN = ("kms:encryptioncontext:", "kms:recipientattestation:")  # what follows is the caller's
SERVICES = ("aws:", "aws-", "lambda:", "kms:")
KEYS = {key.lower(): key for key in NAMES.split()}


class UnknownGlobalConditionKey(Rule):
    """Condition key that is misspelt.

    With a key that does not exist, a condition is always false, and a negated one always true: an Allow never
    applies, a Deny applies to everyone. IAM refuses only a key without a prefix.
    """

    id = "E9648"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html"
    fault_class = "conditions"
    looks_at = (*POLICIES, TRUST)

    def faults(self, validator: Validator, policy: Any) -> Faults:
        for _, key, _, path in conditions_in(policy):
            meant = _meant(key.partition("/")[0].lower())
            if meant:
                yield Fault(
                    path,
                    f"The condition uses {key}, which no request has: it is never met. Did you mean {meant}?",
                )


def _meant(key: str) -> str:
    """Return the key that a misspelt one is close to; empty if it is known, or of another service."""
    if key in KEYS or key.startswith(OPEN) or (":" in key and not key.startswith(SERVICES)):
        return ""
    whole = key if ":" in key else f"aws:{key}"
    return KEYS.get(nearest(whole.replace("aws-", "aws:", 1), KEYS, 0.85), "")
