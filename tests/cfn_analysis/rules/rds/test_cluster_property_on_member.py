"""Good and broken Aurora instances."""

from ..harness import frame, row

MULTI_AZ = (
    "MultiAZ {}: an Aurora cluster is spread over the Availability Zones by its instances, and this property "
    "does not apply to them. Remove it, and add a second instance in another AvailabilityZone."
)

instance = frame("""
Parameters:
  Multi: {Type: String, Default: "true"}
  Mode: {Type: String}
Resources:
  One: {Type: AWS::RDS::DBInstance, Properties: {Engine: <engine=aurora-mysql>, <properties>}}
""")

case = row("<text>", "Resources/One/Properties/<name>", "<message>")

GOOD = {
    "its own properties": instance("PromotionTier: 1, AvailabilityZone: a, PubliclyAccessible: false"),
    "not Multi-AZ": instance("MultiAZ: false"),
    "not known": instance("MultiAZ: !Ref Mode"),
    "both branches": instance("MultiAZ: !If [Prod, false, !Ref AWS::NoValue]"),
    "no value": instance("Port: !Ref AWS::NoValue"),
    "another engine": instance("MultiAZ: true, Port: '3306'", "mysql"),
}

BAD = {
    "literal": case(instance("MultiAZ: true"), "MultiAZ", MULTI_AZ.format("is true")),
    "parameter default": case(
        instance("MultiAZ: !Ref Multi", "aurora-postgresql"),
        "MultiAZ",
        MULTI_AZ.format('is {"Ref": "Multi"}, which can be "true"'),
    ),
    "Sub": case(
        instance("MultiAZ: !Sub '${Multi}'"),
        "MultiAZ",
        MULTI_AZ.format('is {"Fn::Sub": "${Multi}"}, which can be "true"'),
    ),
    "one branch": case(
        instance("MultiAZ: !If [Prod, true, false]"),
        "MultiAZ",
        MULTI_AZ.format('is {"Fn::If": ["Prod", true, false]}, which is true when Prod is true'),
    ),
    "property with another name on the cluster": case(
        instance("VPCSecurityGroups: [sg-1]"),
        "VPCSecurityGroups",
        'VPCSecurityGroups is ["sg-1"] on an Aurora instance: set '
        "VpcSecurityGroupIds of the cluster instead.",
    ),
    "property that Aurora has nowhere": case(
        instance("Iops: !If [Prod, 3000, !Ref AWS::NoValue]"),
        "Iops",
        'Iops is {"Fn::If": ["Prod", 3000, {"Ref": "AWS::NoValue"}]}, which is 3000 when Prod is true on '
        "an Aurora instance: Aurora has no provisioned I/O. Remove it.",
    ),
}
