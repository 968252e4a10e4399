"""The logging role of an account, kept or not."""

from ..harness import frame

account = frame(
    "Transform: AWS::LanguageExtensions\n"
    "Parameters:\n"
    "  Policy: {Type: String, Default: Delete}\n"
    "  Kept: {Type: String, Default: Retain}\n"
    "Conditions:\n"
    "  Own: !Equals [!Ref AWS::AccountId, '111111111111']\n"
    "Resources:\n"
    "  Account: {Type: AWS::ApiGateway::Account, Properties: {CloudWatchRoleArn: "
    "<reference=!GetAtt Role.Arn>}}\n"
    "  Role: {Type: AWS::IAM::Role, <attributes> Properties: {AssumeRolePolicyDocument: {}}}\n"
)

DELETED = "when the stack is deleted, or the operation that creates the role is rolled back"
ROLLED_BACK = "when the operation that creates the role is rolled back"


def case(text: str, path: str, found: str, when: str = DELETED) -> tuple[str, ...]:
    """A role that does not survive its stack is found, with what deletes it."""
    return (
        text,
        f"Resources/Role{path}",
        f"DeletionPolicy is {found} on the role that Account gives to all APIs of the account: {when}, none "
        "of them can log. Set DeletionPolicy: Retain, and UpdateReplacePolicy: Retain.",
    )


GOOD = {
    "Retain": account("DeletionPolicy: Retain,"),
    "parameter default": account("DeletionPolicy: !Ref Kept,"),
    "role of another stack": account("", "!ImportValue role"),
    "literal role": account("", "arn:aws:iam::123456789012:role/x"),
}

BAD = {
    "kept except on create": case(
        account("DeletionPolicy: RetainExceptOnCreate,"),
        "/DeletionPolicy",
        '"RetainExceptOnCreate"',
        ROLLED_BACK,
    ),
    "no policy": case(account(""), "", "missing"),
    "literal": case(account("DeletionPolicy: Delete,"), "/DeletionPolicy", '"Delete"'),
    "parameter default": case(
        account("DeletionPolicy: !Ref Policy,"), "/DeletionPolicy", '{"Ref": "Policy"}'
    ),
    "role by Sub": case(account("", "!Sub '${Role.Arn}'"), "", "missing"),
    "role by its name": case(
        account("", "!Sub 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${Role}'"), "", "missing"
    ),
    "role in one branch": case(account("", "!If [Own, !GetAtt Role.Arn, !ImportValue role]"), "", "missing"),
}
