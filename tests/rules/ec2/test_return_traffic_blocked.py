"""E9050 on good and broken network ACLs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csr_templates.rules import ReturnTrafficBlocked

if TYPE_CHECKING:
    from tests.rules.conftest import Judge

HEAD = """
Parameters:
  Vpc: {Type: String, Default: 10.0.0.0/16}
  Any: {Type: String}
Conditions:
  Prod: !Equals [!Ref Any, prod]
Resources:
  Acl: {Type: AWS::EC2::NetworkAcl}
"""
# A subnet of the ACL that goes out through a NAT gateway.
NAT = """
  AclOfSubnet:
    Type: AWS::EC2::SubnetNetworkAclAssociation
    Properties: {NetworkAclId: !Ref Acl, SubnetId: !Ref Subnet}
  TableOfSubnet:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties: {RouteTableId: !Ref Table, SubnetId: !Ref Subnet}
  Route: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Table, NatGatewayId: !Ref Nat}}
"""
ANYWHERE = "CidrBlock: 0.0.0.0/0"
HTTPS = "Protocol: 6, PortRange: {From: 443, To: 443}"
EPHEMERAL = "Protocol: 6, PortRange: {From: 1024, To: 65535}"


def acl(*entries: str) -> str:
    """Return a template with one ACL; an entry is ``in`` or ``out`` and its properties."""
    text = HEAD
    for number, entry in enumerate(entries, 1):
        way, _, rest = entry.partition(" ")
        action = "" if "RuleAction" in rest else "RuleAction: allow, "
        condition = "Condition: Prod, " if "(Prod)" in rest else ""
        text += (
            f"  Entry{number}: {{Type: AWS::EC2::NetworkAclEntry, {condition}"
            f"Properties: {{NetworkAclId: !Ref Acl, RuleNumber: {number}, {action}"
            f"Egress: {str(way == 'out').lower()}, {rest.replace('(Prod) ', '')}}}}}\n"
        )
    return text


def outward(ports: str, network: str, when: str = "") -> str:
    """Return the message about an entry for outgoing traffic."""
    return (
        f"TCP{ports} may go out to {network}{when}, but no entry of the ACL lets the answers in: every "
        f"connection hangs. Allow TCP 1024-65535 from {network} with Egress false."
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(acl(f"out {HTTPS}, {ANYWHERE}", f"in {EPHEMERAL}, {ANYWHERE}"), id="answers"),
        pytest.param(acl(f"out Protocol: -1, {ANYWHERE}", f"in Protocol: -1, {ANYWHERE}"), id="everything"),
        pytest.param(
            acl(
                f"out {HTTPS}, {ANYWHERE}",
                "in Protocol: -1, CidrBlock: 0.0.0.0/1",
                "in Protocol: -1, CidrBlock: 128.0.0.0/1",
            ),
            id="in two halves",
        ),
        pytest.param(
            acl(f"in {HTTPS}, {ANYWHERE}", f"out Protocol: -1, {ANYWHERE}"), id="a server that only answers"
        ),
        pytest.param(
            acl("out Protocol: -1, CidrBlock: !Ref Vpc", "in Protocol: -1, CidrBlock: !Ref Vpc"), id="VPC"
        ),
        pytest.param(
            acl("out Protocol: -1, CidrBlock: !Sub '${Vpc}'", "in Protocol: -1, CidrBlock: !Ref Vpc"),
            id="Sub",
        ),
        pytest.param(
            acl(
                f"out {HTTPS}, {ANYWHERE}",
                f"in RuleAction: deny, Protocol: 6, PortRange: {{From: 3306, To: 3306}}, {ANYWHERE}",
                f"in {EPHEMERAL}, {ANYWHERE}",
            ),
            id="deny of one port",
        ),
        pytest.param(acl(f"out {HTTPS}, {ANYWHERE}", "in Protocol: -1, CidrBlock: !Ref Any"), id="not known"),
        pytest.param(acl(f"out Protocol: 1, {ANYWHERE}"), id="ICMP"),
        pytest.param(
            acl(
                f"out {HTTPS}, CidrBlock: !If [Prod, 10.0.0.0/8, 10.1.0.0/16]",
                "in Protocol: -1, CidrBlock: 10.0.0.0/8",
            ),
            id="both branches",
        ),
        pytest.param(
            acl(f"out (Prod) {HTTPS}, {ANYWHERE}", f"in (Prod) {EPHEMERAL}, {ANYWHERE}"), id="both or none"
        ),
        pytest.param(
            acl(f"out Protocol: -1, {ANYWHERE}", "in Protocol: -1, CidrBlock: 10.0.0.0/16"),
            id="a database that only answers its VPC",
        ),
        pytest.param(
            acl(f"out Protocol: -1, {ANYWHERE}", f"in {EPHEMERAL}, {ANYWHERE}") + NAT,
            id="behind a NAT gateway",
        ),
        pytest.param(HEAD, id="no entries"),
    ],
)
def test_accepts(judge: Judge, text: str) -> None:
    """Traffic that is answered passes, and what may be answered for all we know."""
    assert judge(ReturnTrafficBlocked, text) == []


@pytest.mark.parametrize(
    ("text", "entry", "message"),
    [
        pytest.param(
            acl(f"out {HTTPS}, {ANYWHERE}", "in Protocol: -1, CidrBlock: 10.0.0.0/16"),
            "Entry1",
            outward(" 443", "0.0.0.0/0"),
            id="answers from the VPC alone",
        ),
        pytest.param(
            acl(f"out {HTTPS}, {ANYWHERE}", "in Protocol: -1, CidrBlock: !Ref Vpc"),
            "Entry1",
            outward(" 443", "0.0.0.0/0"),
            id="parameter default",
        ),
        pytest.param(
            acl(f"out {HTTPS}, CidrBlock: !Sub '${{Vpc}}'"),
            "Entry1",
            outward(" 443", "10.0.0.0/16"),
            id="Sub",
        ),
        pytest.param(
            acl(f"out Protocol: -1, {ANYWHERE}", "in Protocol: -1, CidrBlock: 10.0.0.0/16") + NAT,
            "Entry1",
            outward("", "0.0.0.0/0"),
            id="everything out, behind a NAT gateway",
        ),
        pytest.param(
            acl(
                f"out {HTTPS}, {ANYWHERE}",
                f"in RuleAction: deny, Protocol: -1, {ANYWHERE}",
                f"in {EPHEMERAL}, {ANYWHERE}",
            ),
            "Entry1",
            outward(" 443", "0.0.0.0/0"),
            id="denied before they are allowed",
        ),
        pytest.param(
            acl(
                f"in Protocol: 6, PortRange: {{From: 80, To: 443}}, {ANYWHERE}",
                f"out {HTTPS}, CidrBlock: 10.0.0.0/8",
            ),
            "Entry1",
            "TCP 80-443 may go in from 0.0.0.0/0, but no entry of the ACL lets the answers out: every "
            "connection hangs. Allow TCP 1024-65535 to 0.0.0.0/0 with Egress true.",
            id="inward",
        ),
        pytest.param(
            acl(
                "out Protocol: 6, PortRange: {From: 443, To: 443}, Ipv6CidrBlock: '::/0'",
                f"in {EPHEMERAL}, {ANYWHERE}",
            ),
            "Entry1",
            outward(" 443", "::/0"),
            id="IPv6",
        ),
        pytest.param(
            acl(f"out {HTTPS}, {ANYWHERE}", f"in (Prod) {EPHEMERAL}, {ANYWHERE}"),
            "Entry1",
            outward(" 443", "0.0.0.0/0", " when Prod is false"),
            id="answers in one case",
        ),
        pytest.param(
            acl(
                f"out {HTTPS}, CidrBlock: !If [Prod, 0.0.0.0/0, 10.0.0.0/8]",
                "in Protocol: -1, CidrBlock: 10.0.0.0/8",
            ),
            "Entry1",
            outward(" 443", "0.0.0.0/0", " when Prod is true"),
            id="one branch",
        ),
    ],
)
def test_refuses(judge: Judge, text: str, entry: str, message: str) -> None:
    """An entry whose traffic gets no answer is found."""
    found = [(path, text) for path, text in judge(ReturnTrafficBlocked, text) if entry in path]

    assert found == [(f"Resources/{entry}/Properties", message)]
