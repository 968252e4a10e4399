"""Policies of queues and of other resources, and properties that name principals."""

from ..harness import frame, row

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

case = row(
    "<text>",
    "Resources/Policy/Properties/<place=PolicyDocument/Statement/0/Principal>",
    "<name=Principal> is '*' and there is no Condition: anyone can do this, from any account. Specify an "
    "account or a service, or add a condition.",
)
ANYONE = "{Effect: Allow, Principal: '*', Action: '*', Resource: '*'}"
JSON = '{"Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "*", "Resource": "*"}]}'

GOOD = {
    "service": queue("Effect: Allow, Principal: {Service: sns.amazonaws.com}, Action: sqs:SendMessage"),
    "condition": queue(
        "Effect: Allow, Principal: '*', Condition: {ArnEquals: {aws:SourceArn: !Ref A}}"
    ).replace("!Ref A", "'arn:aws:sns:a:1:b'"),
    "deny": queue("Effect: Deny, Principal: '*', Action: sqs:SendMessage"),
    "public website": resource("AWS::S3::BucketPolicy", f"PolicyDocument: {{Statement: [{ANYONE}]}}"),
    "organization": resource("AWS::Lambda::LayerVersionPermission", "Principal: '*', OrganizationId: o-1"),
    "domain in a VPC": resource(
        "AWS::OpenSearchService::Domain", f"VPCOptions: {{}}, AccessPolicies: {{Statement: {ANYONE}}}"
    ),
    "JSON of another kind": resource("AWS::SQS::Queue", 'RedrivePolicy: \'{"Statement": "Effect"}\''),
    "broken JSON": resource("AWS::SSM::ResourcePolicy", 'Policy: \'{"Statement": ["Effect"\''),
}

BAD = {
    "anyone": case(queue("Effect: Allow, Principal: '*', Action: sqs:SendMessage")),
    "any account": case(queue("Effect: Allow, Principal: {AWS: '*'}, Action: sqs:SendMessage")),
    "nested in a table": case(
        resource("AWS::DynamoDB::Table", f"ResourcePolicy: {{PolicyDocument: {{Statement: {ANYONE}}}}}"),
        "ResourcePolicy/PolicyDocument/Statement/Principal",
    ),
    "domain": case(
        resource("AWS::OpenSearchService::Domain", f"AccessPolicies: {{Statement: {ANYONE}}}"),
        "AccessPolicies/Statement/Principal",
    ),
    "one case": case(
        resource(
            "AWS::ECR::Repository", f"RepositoryPolicyText: !If [Prod, {{Statement: [{ANYONE}]}}, {{}}]"
        ),
        "RepositoryPolicyText/Fn::If/1/Statement/0/Principal",
    ),
    "JSON": case(resource("AWS::SSM::ResourcePolicy", f"Policy: '{JSON}'"), "Policy"),
    "JSON in a Sub": case(resource("AWS::SSM::ResourcePolicy", f"Policy: !Sub '{JSON}'"), "Policy"),
    "statement of a bus": case(
        resource("AWS::Events::EventBusPolicy", f"StatementId: a, Statement: {ANYONE}"), "Statement/Principal"
    ),
    "principal of a bus": case(
        resource("AWS::Events::EventBusPolicy", "StatementId: a, Action: events:PutEvents, Principal: '*'"),
        "Principal",
    ),
    "endpoint service": case(
        resource("AWS::EC2::VPCEndpointServicePermissions", "AllowedPrincipals: ['*']"),
        "AllowedPrincipals",
        "AllowedPrincipals",
    ),
}
