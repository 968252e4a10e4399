"""What is switched off."""

GOOD = {
    "on": """
Resources:
  One:
    Type: AWS::KMS::Key
    Properties:
      Enabled: true
""",
    "by parameter": """
Parameters: {Open: {Type: String, AllowedValues: ['true', 'false']}}
Resources:
  One:
    Type: AWS::ApiGateway::ApiKey
    Properties:
      Enabled: !Ref Open
""",
    "lifecycle": """
Resources:
  One:
    Type: AWS::S3::Bucket
    Properties:
      LifecycleConfiguration:
        Rules:
          - {Status: Enabled, ExpirationInDays: 1}
""",
    "by condition": """
Conditions:
  Keeps: !Equals [!Ref AWS::Region, eu-west-1]
Resources:
  One:
    Type: AWS::S3::Bucket
    Properties:
      LifecycleConfiguration:
        Rules:
          - {Status: !If [Keeps, Enabled, Disabled], ExpirationInDays: 1}
""",
}

BAD = {
    "key": (
        """
Resources:
  One:
    Type: AWS::KMS::Key
    Properties:
      Enabled: false
""",
        "Resources/One/Properties/Enabled",
        "Enabled is false: nothing can be encrypted or read with the key. Switch it on, or remove it.",
    ),
    "lifecycle": (
        """
Resources:
  One:
    Type: AWS::S3::Bucket
    Properties:
      LifecycleConfiguration:
        Rules:
          - {Status: Enabled, ExpirationInDays: 1}
          - {Status: Disabled, ExpirationInDays: 2}
""",
        "Resources/One/Properties/LifecycleConfiguration/Rules/1/Status",
        "Status is Disabled: the rule does nothing. Switch it on, or remove it.",
    ),
    "health check": (
        """
Resources:
  One:
    Type: AWS::Route53::HealthCheck
    Properties:
      HealthCheckConfig: {Type: HTTPS, Disabled: true}
""",
        "Resources/One/Properties/HealthCheckConfig/Disabled",
        "Disabled is true: the check counts as healthy whatever happens. Switch it on, or remove it.",
    ),
    "detector": (
        """
Resources:
  Detector: {Type: AWS::GuardDuty::Detector, Properties: {Enable: false}}
""",
        "Resources/Detector/Properties/Enable",
        "Enable is false: nothing is watched. Switch it on, or remove it.",
    ),
}
