"""Resources that have to be used."""

GOOD = {
    "origins of a group": """
  Site:
    Type: AWS::CloudFront::Distribution
    Properties: {DistributionConfig: {Origins: [{Id: a}, {Id: b}],
        DefaultCacheBehavior: {TargetOriginId: g}, OriginGroups: {Items: [{Id: g,
        Members: {Items: [{OriginId: a}, {OriginId: b}]}}]}}}
""",
    "associated": """
  Guard: {Type: AWS::WAFv2::WebACL}
  Association:
    Type: AWS::WAFv2::WebACLAssociation
    Properties: {WebACLArn: !GetAtt Guard.Arn}
""",
    "exported": """
  Guard: {Type: AWS::WAFv2::WebACL}
  Other: {Type: AWS::S3::Bucket}
Outputs:
  Guard: {Value: !GetAtt Guard.Arn}
""",
    "alone": """
  Guard: {Type: AWS::WAFv2::WebACL}
""",
    "web ACL of the distribution": """
  Guard: {Type: AWS::WAFv2::WebACL, Properties: {Scope: CLOUDFRONT}}
  Site: {Type: AWS::CloudFront::Distribution, Properties: {DistributionConfig: {WebACLId: !GetAtt Guard.Arn}}}
Outputs:
  Guard: {Value: !GetAtt Guard.Arn}
""",
    "nested": """
  Guard: {Type: AWS::WAFv2::WebACL, Properties: {Scope: REGIONAL}}
  Other: {Type: AWS::S3::Bucket}
Outputs:
  Guard: {Value: !GetAtt Guard.Arn}
""",
    "peering with a route": """
  Peering: {Type: AWS::EC2::VPCPeeringConnection}
  Route: {Type: AWS::EC2::Route, Properties: {VpcPeeringConnectionId: !Ref Peering}}
""",
}

BAD = {
    "origin": (
        """
  Site:
    Type: AWS::CloudFront::Distribution
    Properties: {DistributionConfig: {Origins: [{Id: a}, {Id: b}],
        DefaultCacheBehavior: {TargetOriginId: a}}}
""",
        "Resources/Site/Properties/DistributionConfig/Origins/1",
        'No behavior uses the origin "b": it gets no requests. Set TargetOriginId of a behavior.',
    ),
    "only logged": (
        """
  Guard: {Type: AWS::WAFv2::WebACL}
  Logging:
    Type: AWS::WAFv2::LoggingConfiguration
    Properties: {ResourceArn: !GetAtt Guard.Arn}
""",
        "Resources/Guard",
        "No resource of the template uses Guard, so it has no effect. Refer to it in a "
        "distribution or an AWS::WAFv2::WebACLAssociation, or export it.",
    ),
    "headers": (
        """
  Headers: {Type: AWS::CloudFront::ResponseHeadersPolicy}
  Site: {Type: AWS::CloudFront::Distribution}
""",
        "Resources/Headers",
        "No resource of the template uses Headers, so it has no effect. Refer to it in a cache "
        "behavior, or export it.",
    ),
    "routes of no subnet": (
        """
  Table: {Type: AWS::EC2::RouteTable}
  Route:
    Type: AWS::EC2::Route
    Properties: {RouteTableId: !Ref Table}
""",
        "Resources/Table",
        "No resource of the template uses Table, so it has no effect. Refer to it in an "
        "AWS::EC2::SubnetRouteTableAssociation, or export it.",
    ),
    "distribution without its web ACL": (
        """
  Guard: {Type: AWS::WAFv2::WebACL, Properties: {Scope: CLOUDFRONT}}
  Site: {Type: AWS::CloudFront::Distribution, Properties: {DistributionConfig: {Enabled: true}}}
Outputs:
  Guard: {Value: !GetAtt Guard.Arn}
""",
        "Resources/Guard",
        "No resource of the template uses Guard, so it has no effect. Refer to it in a "
        "distribution or an AWS::WAFv2::WebACLAssociation, or export it.",
    ),
    "peering without a route": (
        """
  Peering: {Type: AWS::EC2::VPCPeeringConnection}
  Other: {Type: AWS::EC2::Route, Properties: {GatewayId: igw-1}}
""",
        "Resources/Peering",
        "No resource of the template uses Peering, so it has no effect. Refer to it in an "
        "AWS::EC2::Route, or export it.",
    ),
}
