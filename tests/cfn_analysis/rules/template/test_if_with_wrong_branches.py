"""Properties with Fn::If."""

from ..harness import frame

topic = frame("""
Parameters:
  Stage: {Type: String}
Resources:
  Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: <name>}}
""")

certificate = frame("""
Parameters:
  Certificate: {Type: String}
  Days: {Type: Number}
Conditions:
  HasCertificate: !Not [!Equals [!Ref Certificate, '']]
  Forever: !Equals [!Ref Days, 0]
  Secure: !And [!Condition Forever, !Condition HasCertificate]
  Bare: !And [!Condition Forever, !Not [!Condition HasCertificate]]
Resources:
  Listener: {Type: AWS::ElasticLoadBalancingV2::Listener, <condition=>Properties: {SslPolicy: <value>}}
""")
EXCHANGED = "and not in the other branch. Exchange the two."

GOOD = {
    "given": certificate("!If [HasCertificate, !Ref Certificate, !Ref AWS::NoValue]"),
    "kept": certificate("!If [Forever, !Ref AWS::NoValue, !Ref Days]"),
    "both use it": certificate("!If [HasCertificate, !Sub 'a${Certificate}', !Ref Certificate]"),
    "one of two parts": certificate("!If [Secure, !Ref AWS::NoValue, !Ref Certificate]"),
    "not known": certificate("!If [Bare, a, !Ref Certificate]"),
    "resource": certificate("!Ref Certificate", "Condition: HasCertificate, "),
    "two": topic("!If [Prod, a, b]"),
    "nothing": topic("!If [Prod, a, !Ref AWS::NoValue]"),
}

BAD = {
    "of a resource with the other part of the condition": (
        certificate("!If [Secure, !Ref AWS::NoValue, !Ref Certificate]", "Condition: Forever, "),
        "Resources/Listener/Properties/SslPolicy/Fn::If",
        f'Fn::If uses Certificate where Secure is false, so that it is "", {EXCHANGED}',
    ),
    "nested property": (
        """
Parameters:
  Arn: {Type: String}
Conditions:
  None: !Equals [!Ref Arn, '']
Resources:
  Listener: {Type: AWS::ElasticLoadBalancingV2::Listener, Condition: None,
      Properties: {Certificates: [{CertificateArn: !Ref Arn}]}}
""",
        "Resources/Listener/Properties/Certificates/0/CertificateArn",
        'CertificateArn is Arn, and Listener exists where None is true, so that it is "". Use the opposite '
        "condition.",
    ),
    "exchanged": (
        certificate("!If [HasCertificate, !Ref AWS::NoValue, !Ref Certificate]"),
        "Resources/Listener/Properties/SslPolicy/Fn::If",
        f'Fn::If uses Certificate where HasCertificate is false, so that it is "", {EXCHANGED}',
    ),
    "0": (
        certificate("!If [Forever, !Sub '${Days}', !Ref AWS::NoValue]"),
        "Resources/Listener/Properties/SslPolicy/Fn::If",
        f'Fn::If uses Days where Forever is true, so that it is "0", {EXCHANGED}',
    ),
    "one of two": (
        certificate("!If [Bare, !Ref Certificate, a]"),
        "Resources/Listener/Properties/SslPolicy/Fn::If",
        f'Fn::If uses Certificate where Bare is true, so that it is "", {EXCHANGED}',
    ),
    "resource": (
        certificate("!Ref Certificate", "Condition: Bare, "),
        "Resources/Listener/Properties/SslPolicy",
        'SslPolicy is Certificate, and Listener exists where Bare is true, so that it is "". Use the '
        "opposite condition.",
    ),
    "equal": (
        topic("!If [Prod, a, a]"),
        "Resources/Topic/Properties/DisplayName/Fn::If",
        "Fn::If has the same value whether Prod is true or not. Correct one of the two.",
    ),
    "references": (
        topic("!Sub ['${A}', {A: !If [Prod, !Ref Stage, !Ref Stage]}]"),
        "Resources/Topic/Properties/DisplayName/Fn::Sub/1/A/Fn::If",
        "Fn::If has the same value whether Prod is true or not. Correct one of the two.",
    ),
}
