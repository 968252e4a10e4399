"""``wiring``: references across stacks."""

from cfn_analysis.model.built_stack import BuiltStack
from cfn_analysis.model.wiring import CrossStackReferences, Node

NAME = {"Fn::Sub": "${ProjectName}-${Environment}-vpc-id"}


def two_stacks(region: str = "us-east-1") -> CrossStackReferences:
    """Return a stack with a VPC and a secret, and one that reads them, possibly in another region."""
    below = {
        "Resources": {
            "VPC": {"Type": "AWS::EC2::VPC"},
            "Login": {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": "login"}},
        },
        "Outputs": {"VPCId": {"Value": {"Ref": "VPC"}, "Export": {"Name": NAME}}},
    }
    above = {
        "Resources": {
            "Group": {"Type": "AWS::EC2::SecurityGroup", "Properties": {"VpcId": {"Fn::ImportValue": NAME}}},
            "Rule": {
                "Type": "AWS::EC2::SecurityGroupIngress",
                "Properties": {
                    "GroupId": {"Ref": "Group"},
                    "Description": "{{resolve:secretsmanager:login:SecretString:note}}",
                },
            },
        }
    }
    return CrossStackReferences(
        [
            BuiltStack("below", "below.yaml", "us-east-1", below),
            BuiltStack("above", "above.yaml", region, above),
        ]
    )


def test_an_import_leads_to_what_is_exported() -> None:
    """A resource that imports an output references the resource of the output."""
    wiring = two_stacks()

    assert wiring.reads("above") == {Node("below", "VPCId"): ["Group"]}
    assert wiring.targets(Node("above", "Group")) == [Node("below", "VPC")]


def test_an_import_stays_in_its_region() -> None:
    """Exports are regional, so an import in another region does not find them."""
    assert two_stacks("eu-west-1").reads("above") == {}


def test_a_secret_read_by_name_is_a_reference() -> None:
    """A dynamic reference is a reference to the secret with this name, in any stack."""
    wiring = two_stacks()

    assert wiring.targets(Node("above", "Rule")) == [Node("above", "Group"), Node("below", "Login")]
    assert wiring.secrets("above") == [Node("below", "Login")]
    assert wiring.secrets("below") == []
