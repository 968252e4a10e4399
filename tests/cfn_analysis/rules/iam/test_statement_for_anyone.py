"""Roles and policies that are open to anyone."""

from ..harness import frame, row

role_role = frame(
    "  One:\n    Type: AWS::IAM::Role\n    Properties:\n      AssumeRolePolicyDocument:\n"
    "        Statement: {Effect: Allow, Action: sts:AssumeRole, <statement>}\n"
)

case_role = row(
    "<text>",
    "Resources/One/Properties/AssumeRolePolicyDocument/Statement/Principal",
    "Principal is '*' and there is no Condition: every AWS account can assume the role. Specify an "
    "account, or add a condition on aws:PrincipalOrgID or sts:ExternalId.",
)

GOOD_ROLE = {
    "service": role_role("Principal: {Service: lambda.amazonaws.com}"),
    "account": role_role("Principal: {AWS: !Ref AWS::AccountId}"),
    "organization": role_role("Principal: {AWS: '*'}, Condition: {StringEquals: {aws:PrincipalOrgID: o-1}}"),
}

BAD_ROLE = {
    "anyone": case_role(role_role("Principal: {AWS: '*'}")),
    "star": case_role(role_role("Principal: '*'")),
    "in a list": case_role(role_role("Principal: {AWS: [!Ref AWS::AccountId, '*']}")),
}

PROVIDER_GITHUB = "!Sub 'arn:aws:iam::${AWS::AccountId}:oidc-provider/token.actions.githubusercontent.com'"
SUB_GITHUB = "token.actions.githubusercontent.com:sub"

role_github = frame(f"""
  One:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement:
          - Effect: Allow
            Action: sts:AssumeRoleWithWebIdentity
            Principal: {{Federated: <provider={PROVIDER_GITHUB}>}}
            Condition: <condition>
""")

GOOD_GITHUB = {
    "repository": role_github(f"{{StringLike: {{'{SUB_GITHUB}': 'repo:owner/name:*'}}}}"),
    "parameter": role_github(f"{{StringLike: {{'{SUB_GITHUB}': !ImportValue subject}}}}"),
    "another provider": role_github("{StringEquals: {'accounts.google.com:aud': x}}", "accounts.google.com"),
}

BAD_GITHUB = {
    "audience only": (
        role_github("{StringEquals: {'token.actions.githubusercontent.com:aud': sts.amazonaws.com}}"),
        "Resources/One/Properties/AssumeRolePolicyDocument/Statement/0",
        "Condition does not restrict token.actions.githubusercontent.com:sub: the workflows of every "
        "repository on GitHub can assume the role. Compare it with repo:OWNER/NAME:ref:refs/heads/BRANCH.",
    ),
    "any subject": (
        role_github(f"{{StringLike: {{'{SUB_GITHUB}': '*'}}}}"),
        "Resources/One/Properties/AssumeRolePolicyDocument/Statement/0",
        "Condition does not restrict token.actions.githubusercontent.com:sub: the workflows of every "
        "repository on GitHub can assume the role. Compare it with repo:OWNER/NAME:ref:refs/heads/BRANCH.",
    ),
}

policy_others = frame(
    "  One:\n    Type: AWS::S3::BucketPolicy\n    Properties:\n      Bucket: b\n"
    "      PolicyDocument: {Statement: [{Action: s3:GetObject, Resource: '*', <statement>}]}\n"
)

GOOD_OTHERS = {
    "other principal": policy_others("Effect: Allow, Principal: {AWS: !Ref AWS::AccountId}"),
    "denied": policy_others("Effect: Deny, NotPrincipal: {AWS: !Ref AWS::AccountId}"),
}

BAD_OTHERS = {
    "allowed": (
        policy_others("Effect: Allow, NotPrincipal: {AWS: !Ref AWS::AccountId}"),
        "Resources/One/Properties/PolicyDocument/Statement/0/NotPrincipal",
        "NotPrincipal with Effect: Allow allows everyone except those in it, also anonymous "
        "callers. Write Principal, or Effect: Deny.",
    ),
}

identity = frame("""
  One:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument: {Statement: [{<statement>}]}
""")

GOOD_BROAD = {
    "action": identity("Effect: Allow, Action: s3:*, Resource: '*'"),
    "denied action": identity("Effect: Deny, NotAction: iam:*, Resource: '*'"),
    "narrowed": identity(
        "Effect: Allow, NotAction: iam:*, Resource: '*', "
        "Condition: {Bool: {aws:MultiFactorAuthPresent: true}}"
    ),
    "role": identity("Effect: Allow, Action: iam:PassRole, Resource: 'arn:aws:iam::1:role/a'"),
    "role for a service": identity(
        "Effect: Allow, Action: iam:PassRole, Resource: '*', "
        "Condition: {StringEquals: {iam:PassedToService: ec2.amazonaws.com}}"
    ),
    "administrator": identity("Effect: Allow, Action: '*', Resource: '*'"),
}

BAD_BROAD = {
    "every other action": (
        identity("Effect: Allow, NotAction: iam:*, Resource: '*'"),
        "Resources/One/Properties/PolicyDocument/Statement/0/NotAction",
        "NotAction with Effect: Allow and Resource '*' allows every other action of every service. Write "
        "Action, or Effect: Deny.",
    ),
    "every role": (
        identity("Effect: Allow, Action: [ec2:RunInstances, iam:PassRole], Resource: '*'"),
        "Resources/One/Properties/PolicyDocument/Statement/0/Resource",
        "iam:PassRole is allowed on '*', to any service: name the roles, or add a condition on "
        "iam:PassedToService.",
    ),
}

queue = frame("""
  Policy:
    Type: AWS::SQS::QueuePolicy
    Properties: {PolicyDocument: {Statement: [{<statement>}]}}
""")
resource = frame("""
  Policy:
    Type: <type>
    Properties: {<properties>}
""")

open_resource = row(
    "<text>",
    "Resources/Policy/Properties/<place=PolicyDocument/Statement/0/Principal>",
    "<name=Principal> is '*' and there is no Condition: anyone can do this, from any account. Specify an "
    "account or a service, or add a condition.",
)
ANYONE = "{Effect: Allow, Principal: '*', Action: '*', Resource: '*'}"
JSON = '{"Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "*", "Resource": "*"}]}'

GOOD_RESOURCE = {
    "service and a resource": queue(
        "Effect: Allow, Principal: {Service: sns.amazonaws.com}, Action: sqs:SendMessage"
    ),
    "condition": queue(
        "Effect: Allow, Principal: '*', Condition: {ArnEquals: {aws:SourceArn: !Ref A}}"
    ).replace("!Ref A", "'arn:aws:sns:a:1:b'"),
    "deny": queue("Effect: Deny, Principal: '*', Action: sqs:SendMessage"),
    "public website": resource("AWS::S3::BucketPolicy", f"PolicyDocument: {{Statement: [{ANYONE}]}}"),
    "organization and a resource": resource(
        "AWS::Lambda::LayerVersionPermission", "Principal: '*', OrganizationId: o-1"
    ),
    "domain in a VPC": resource(
        "AWS::OpenSearchService::Domain", f"VPCOptions: {{}}, AccessPolicies: {{Statement: {ANYONE}}}"
    ),
    "JSON of another kind": resource("AWS::SQS::Queue", 'RedrivePolicy: \'{"Statement": "Effect"}\''),
    "broken JSON": resource("AWS::SSM::ResourcePolicy", 'Policy: \'{"Statement": ["Effect"\''),
}

BAD_RESOURCE = {
    "anyone and a resource": open_resource(queue("Effect: Allow, Principal: '*', Action: sqs:SendMessage")),
    "any account": open_resource(queue("Effect: Allow, Principal: {AWS: '*'}, Action: sqs:SendMessage")),
    "nested in a table": open_resource(
        resource("AWS::DynamoDB::Table", f"ResourcePolicy: {{PolicyDocument: {{Statement: {ANYONE}}}}}"),
        "ResourcePolicy/PolicyDocument/Statement/Principal",
    ),
    "domain": open_resource(
        resource("AWS::OpenSearchService::Domain", f"AccessPolicies: {{Statement: {ANYONE}}}"),
        "AccessPolicies/Statement/Principal",
    ),
    "one case": open_resource(
        resource(
            "AWS::ECR::Repository", f"RepositoryPolicyText: !If [Prod, {{Statement: [{ANYONE}]}}, {{}}]"
        ),
        "RepositoryPolicyText/Fn::If/1/Statement/0/Principal",
    ),
    "JSON": open_resource(resource("AWS::SSM::ResourcePolicy", f"Policy: '{JSON}'"), "Policy"),
    "JSON in a Sub": open_resource(resource("AWS::SSM::ResourcePolicy", f"Policy: !Sub '{JSON}'"), "Policy"),
    "statement of a bus": open_resource(
        resource("AWS::Events::EventBusPolicy", f"StatementId: a, Statement: {ANYONE}"), "Statement/Principal"
    ),
    "principal of a bus": open_resource(
        resource("AWS::Events::EventBusPolicy", "StatementId: a, Action: events:PutEvents, Principal: '*'"),
        "Principal",
    ),
    "endpoint service": open_resource(
        resource("AWS::EC2::VPCEndpointServicePermissions", "AllowedPrincipals: ['*']"),
        "AllowedPrincipals",
        "AllowedPrincipals",
    ),
}

GOOD = {**GOOD_ROLE, **GOOD_GITHUB, **GOOD_OTHERS, **GOOD_BROAD, **GOOD_RESOURCE}
BAD = {**BAD_ROLE, **BAD_GITHUB, **BAD_OTHERS, **BAD_BROAD, **BAD_RESOURCE}
