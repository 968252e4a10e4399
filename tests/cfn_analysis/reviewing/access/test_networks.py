"""Security groups: newly allowed traffic."""

from ..templates import resources, reviewed, risks


def test_a_dependency_that_does_not_exist() -> None:
    """DependsOn of a resource that does not exist does not stop the review. The linter reports it."""
    group = {"GroupDescription": "a", "VpcId": "vpc-1"}
    before = resources(Group=("AWS::EC2::SecurityGroup", group))
    before["Resources"]["Group"]["DependsOn"] = ["Nothing"]
    rule = {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "CidrIp": "10.0.0.0/8"}
    after = {"Resources": {"Group": {**before["Resources"]["Group"]}}}
    after["Resources"]["Group"]["Properties"] = {**group, "SecurityGroupIngress": [rule]}

    assert ("opens", "Group") in risks(reviewed(before, after))
