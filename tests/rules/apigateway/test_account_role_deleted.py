"""The logging role of an account, kept or not."""


def account(attributes: str, reference: str = "!GetAtt Role.Arn") -> str:
    """Return a template with an account setting and a role with these attributes."""
    return (
        "Transform: AWS::LanguageExtensions\n"
        "Parameters:\n"
        "  Policy: {Type: String, Default: Delete}\n"
        "  Kept: {Type: String, Default: Retain}\n"
        "Resources:\n"
        f"  Account: {{Type: AWS::ApiGateway::Account, Properties: {{CloudWatchRoleArn: {reference}}}}}\n"
        f"  Role: {{Type: AWS::IAM::Role, {attributes} Properties: {{AssumeRolePolicyDocument: {{}}}}}}\n"
    )


def message(found: str) -> str:
    """Return what the rule says about a role with this DeletionPolicy."""
    return (
        f"DeletionPolicy is {found} on the role that Account gives to all APIs of the account: when the "
        "stack is deleted, none of them can log. Set DeletionPolicy: RetainExceptOnCreate, and "
        "UpdateReplacePolicy: Retain."
    )


def case(text: str, path: str, found: str) -> tuple[str, ...]:
    """A role that is deleted with its stack is found."""
    return text, f"Resources/Role{path}", message(found)


GOOD = {
    "Retain": account("DeletionPolicy: Retain,"),
    "RetainExceptOnCreate": account("DeletionPolicy: RetainExceptOnCreate,"),
    "parameter default": account("DeletionPolicy: !Ref Kept,"),
    "role of another stack": account("", "!ImportValue role"),
    "literal role": account("", "arn:aws:iam::123456789012:role/x"),
}

BAD = {
    "no policy": case(account(""), "", "missing"),
    "literal": case(account("DeletionPolicy: Delete,"), "/DeletionPolicy", '"Delete"'),
    "parameter default": case(
        account("DeletionPolicy: !Ref Policy,"), "/DeletionPolicy", '{"Ref": "Policy"}'
    ),
    "role by Sub": case(account("", "!Sub '${Role.Arn}'"), "", "missing"),
}
