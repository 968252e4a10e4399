"""Ranges of capacity."""

GOOD = {
    "range": """
  Database:
    Type: AWS::RDS::DBCluster
    Properties:
      ServerlessV2ScalingConfiguration: {MinCapacity: 0.5, MaxCapacity: 4}
""",
    "equal": """
  Group: {Type: AWS::AutoScaling::AutoScalingGroup, Properties: {MinSize: '2', MaxSize: 2}}
""",
    "not known": """
Parameters:
  Least: {Type: Number}
Resources:
  Group: {Type: AWS::AutoScaling::AutoScalingGroup, Properties: {MinSize: !Ref Least, MaxSize: 2}}
""",
}

BAD = {
    "upside down": (
        """
  Database:
    Type: AWS::RDS::DBCluster
    Properties:
      ServerlessV2ScalingConfiguration: {MinCapacity: 4, MaxCapacity: 2}
""",
        "Resources/Database/Properties/ServerlessV2ScalingConfiguration/MinCapacity",
        "MinCapacity is 4 and MaxCapacity 2: RDS refuses them. Swap them.",
    ),
    "defaults": (
        """
Parameters:
  Least: {Type: Number, Default: 10}
Resources:
  Group: {Type: AWS::AutoScaling::AutoScalingGroup, Properties: {MinSize: !Ref Least, MaxSize: 2}}
""",
        "Resources/Group/Properties/MinSize",
        "MinSize is 10 and MaxSize 2: RDS refuses them. Swap them.",
    ),
    "target": (
        """
  Target: {Type: AWS::ApplicationAutoScaling::ScalableTarget, Properties: {MinCapacity: 3, MaxCapacity: 1}}
""",
        "Resources/Target/Properties/MinCapacity",
        "MinCapacity is 3 and MaxCapacity 1: RDS refuses them. Swap them.",
    ),
}
