"""``diagrams``: Mermaid text with the content of the templates."""

import re

import pytest

from cfn_analysis.model.built_stack import BuiltStack
from cfn_analysis.model.wiring import CrossStackReferences
from csr_templates import STACKS
from csr_templates.reference import diagrams

LABEL = re.compile(r'"([^"]*)"')
LINE = re.compile(
    r"flowchart (LR|TB)|end"
    r"|subgraph \w+\[#\]"
    r"|\w+(\[#\]|\(\[#\]\))"
    r"|\w+ (-->|-\.->)(\|#\|)? \w+"
)


@pytest.fixture(scope="module")
def wiring(built: dict[str, BuiltStack]) -> CrossStackReferences:
    """All stacks."""
    return CrossStackReferences(list(built.values()))


@pytest.fixture(scope="module")
def pictures(wiring: CrossStackReferences) -> dict[str, str]:
    """Every diagram, by name."""
    system = {"requests": diagrams.requests(wiring), "subnets": diagrams.network(wiring)}
    return {**system, "overview": diagrams.overview(wiring)}


def test_text_is_mermaid(pictures: dict[str, str]) -> None:
    """Every line is valid Mermaid, and labels do not contain its special characters."""
    for name, picture in pictures.items():
        for text in LABEL.findall(picture):
            plain = re.sub(r"<br/>|</?b>|#(35|amp|quot|lt|gt|96);", "", text)
            assert not set(plain) & set('#&"<>`'), (name, text)
        for line in LABEL.sub("#", picture).split("\n"):
            assert LINE.fullmatch(line.strip()), (name, line)


def test_arrows_connect_boxes(pictures: dict[str, str]) -> None:
    """Both ends of an arrow are boxes in the diagram, because Mermaid would add missing boxes."""
    for name, picture in pictures.items():
        boxes = set(re.findall(r"^ *(?:subgraph )?(\w+)[\[(]", picture, re.MULTILINE))
        ends = re.findall(r"^ *(\w+) -.*> (\w+)$|^ *(\w+) -->\|.*\| (\w+)$", picture, re.MULTILINE)
        for groups in ends:
            assert set(groups) - {""} <= boxes, name


def test_overview_shows_who_reads_what(pictures: dict[str, str]) -> None:
    """Each stack is a box with its region. Arrows show the outputs and secrets that are read."""
    first, *lines = [line.strip() for line in pictures["overview"].split("\n")]

    assert first == "flowchart TB"
    for stack in STACKS:
        assert f'n_{stack.name}["<b>{stack.name}</b><br/>{stack.template}<br/>{stack.region}"]' in lines
    assert 'n_api -->|"ApiGatewayId<br/>OriginApiKeySecretA<br/>OriginApiKeySecretB"| n_frontend' in lines


@pytest.mark.parametrize(
    "arrow",
    [
        "users --> n_frontend_WebACL",
        "n_frontend_WebACL --> n_frontend_Distribution",
        "n_frontend_Distribution --> n_frontend_SiteBucket",
        "n_frontend_Distribution --> n_api_RestApi",
        "n_api_RestApi --> n_api_ApiFunction",
        "n_api_ApiFunction --> n_database_DatabaseCluster",
        "n_api_ApiFunction --> n_network_LambdaDeploymentsBucket",
        "n_database_DatabaseCluster --> n_database_DatabaseInstance1",
        "n_network_PrivateSubnet1 -.-> n_network_NatGateway1",
        "n_network_PrivateSubnet2 -.-> n_network_NatGateway2",
        "n_network_PublicSubnet1 -.-> n_network_InternetGateway",
    ],
)
def test_system_shows_the_way_of_a_request(pictures: dict[str, str], arrow: str) -> None:
    """Arrows show each step from the browser to the database, and from the subnets to the internet."""
    if missing := set(re.findall(r"n_([a-z]+)_", arrow)) - {stack.name for stack in STACKS}:
        pytest.skip(f"The listing has no stack {missing}.")
    assert f"  {arrow}" in pictures["requests" if "-->" in arrow else "subnets"].split("\n")


def test_browsers_call_cloudfront_where_there_is_no_waf() -> None:
    """Without a web ACL the request starts at the distribution."""
    resources = {"Site": {"Type": "AWS::CloudFront::Distribution"}}
    wiring = CrossStackReferences([BuiltStack("site", "site.yaml", "us-east-1", {"Resources": resources})])

    assert diagrams.requests(wiring).split("\n")[2:] == [
        '  n_site_Site["<b>CloudFront</b><br/>Site<br/>us-east-1"]',
        "  users --> n_site_Site",
    ]


def test_boxes_are_where_they_are_placed(pictures: dict[str, str]) -> None:
    """A box shows its subnets or its region. In the network diagram, it is in the frame of its subnet."""
    subnet = pictures["subnets"].split("subgraph n_network_PrivateSubnet1")[1].split("end\n")[0]

    assert "DatabaseInstance1" in subnet
    assert "<b>Lambda</b><br/>ApiFunction<br/>PrivateSubnet1 and PrivateSubnet2" in pictures["requests"]
    assert "<b>API Gateway</b><br/>RestApi<br/>ap-northeast-1" in pictures["requests"]
    assert "<b>VPC endpoint</b><br/>S3Endpoint<br/>VPC" in pictures["subnets"]


def test_frames_are_not_in_frames(pictures: dict[str, str]) -> None:
    """Mermaid draws the titles of nested frames over each other, and lines between frames behind boxes."""
    assert "subgraph" not in pictures["requests"]
    depths = {
        len(line) - len(line.lstrip()) for line in pictures["subnets"].split("\n") if "subgraph" in line
    }
    assert depths == {2}


def test_labels_are_escaped() -> None:
    """Text cannot end its label or contain markup."""
    assert diagrams.label('*A "first" <one>', "B #2 & `x`") == (
        '"<b>A #quot;first#quot; #lt;one#gt;</b><br/>B #35;2 #amp; #96;x#96;"'
    )
