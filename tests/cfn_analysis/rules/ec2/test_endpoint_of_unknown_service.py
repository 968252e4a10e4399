"""Endpoints of VPCs."""

from ..harness import frame

endpoint = frame("""
  Endpoint:
    Type: AWS::EC2::VPCEndpoint
    Properties: {VpcId: a, ServiceName: !Sub 'com.amazonaws.${AWS::Region}.<service>'<more=>}
""")

other = frame("""
  Other: {Type: AWS::EC2::VPCEndpoint, Properties: {VpcEndpointType: Interface,
      ServiceName: com.amazonaws.us-east-1.sqs<more>}}
""")

PATH = "Resources/Endpoint/Properties/ServiceName"

GOOD = {
    "gateway": endpoint("s3", ", RouteTableIds: [a]"),
    "interface": endpoint("sqs", ", VpcEndpointType: Interface, SubnetIds: [a]"),
    "actions of API Gateway": endpoint("apigateway", ", VpcEndpointType: Interface"),
    "service of no region": endpoint("sqs", ", VpcEndpointType: Interface")
    + other("").replace("us-east-1.sqs", "s3-global.accesspoint"),
    "parameter": endpoint("${AWS::StackName}"),
    "region of the service": endpoint("sqs", ", VpcEndpointType: Interface")
    + other(", ServiceRegion: us-east-1"),
    "linted for this region": (
        endpoint("sqs", ", VpcEndpointType: Interface") + other(""),
        {"regions": ["us-east-1"]},
    ),
}

BAD = {
    "another spelling": (
        endpoint("secrets-manager", ", VpcEndpointType: Interface"),
        "ServiceName is for secrets-manager, which has no endpoint. Did you mean secretsmanager?",
    ),
    "another name": (
        endpoint("cloudwatch", ", VpcEndpointType: Interface"),
        "ServiceName is for cloudwatch, which has no endpoint. Did you mean monitoring?",
    ),
    "another region": (
        endpoint("sqs", ", VpcEndpointType: Interface") + other(""),
        "Resources/Other/Properties/ServiceName",
        "ServiceName is for us-east-1, and other endpoints of the template are for AWS::Region: "
        "EC2 refuses it in another region. Write ${AWS::Region}.",
    ),
}
