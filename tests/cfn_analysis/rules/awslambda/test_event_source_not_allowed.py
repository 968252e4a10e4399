"""Event sources of functions."""

from ..harness import frame

template = frame("""
  Queue: {Type: AWS::SQS::Queue}
  Role:
    Type: AWS::IAM::Role
    Properties:
      ManagedPolicyArns: <arns=[]>
      Policies:
        - PolicyDocument: {Statement: [{Effect: Allow, Action: <actions>, Resource: '*'}]}
  F: {Type: AWS::Lambda::Function, Properties: {Role: !GetAtt Role.Arn}}
  Live: {Type: AWS::Lambda::Alias, Properties: {FunctionName: !Ref F}}
  Mapping:
    Type: AWS::Lambda::EventSourceMapping
    Properties: {FunctionName: !Ref <called=F>, EventSourceArn: !GetAtt Queue.Arn}
""")

PATH = "Resources/Mapping/Properties/EventSourceArn"

GOOD = {
    "allowed": template("[sqs:ReceiveMessage, sqs:DeleteMessage, sqs:GetQueueAttributes]"),
    "all": template("sqs:*"),
    "managed": template("logs:*", "[arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole]"),
}

BAD = {
    "nothing": (
        template("logs:*"),
        "Role, the role of F, does not allow sqs:ReceiveMessage and sqs:DeleteMessage and "
        "sqs:GetQueueAttributes: Lambda refuses the mapping from Queue. Allow it.",
    ),
    "one of three": (
        template(
            "[sqs:ReceiveMessage, sqs:GetQueue*]",
            "[arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]",
        ),
        "Role, the role of F, does not allow sqs:DeleteMessage: Lambda refuses the mapping from Queue. Allow "
        "it.",
    ),
    "an alias": (
        template("[sqs:ReceiveMessage, sqs:DeleteMessage]", called="Live"),
        "Role, the role of F, does not allow sqs:GetQueueAttributes: Lambda refuses the mapping from Queue. "
        "Allow it.",
    ),
}
