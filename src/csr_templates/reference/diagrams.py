"""Diagrams of the stacks, as Mermaid text.

They show only the content of the templates: boxes are resources, and arrows are references between them.
https://mermaid.js.org/syntax/flowchart.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cfn_analysis.model.references import in_words
from cfn_analysis.model.wiring import Node

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cfn_analysis.model.built_stack import BuiltStack
    from cfn_analysis.model.wiring import CrossStackReferences

# Types in the system diagram: resources that process requests, store data, or connect the network to others.
# Everything else is a detail of one of them.
_OF_REQUESTS: Final = {
    "AWS::ApiGateway::RestApi": "API Gateway",
    "AWS::CloudFront::Distribution": "CloudFront",
    "AWS::Lambda::Function": "Lambda",
    "AWS::RDS::DBCluster": "Aurora cluster",
    "AWS::RDS::DBInstance": "Aurora instance",
    "AWS::S3::Bucket": "S3 bucket",
    "AWS::SQS::Queue": "SQS queue",
    "AWS::SecretsManager::Secret": "Secret",
    "AWS::WAFv2::WebACL": "WAF",
}
_OF_NETWORK: Final = {
    "AWS::EC2::InternetGateway": "Internet gateway",
    "AWS::EC2::NatGateway": "NAT gateway",
    "AWS::EC2::VPCEndpoint": "VPC endpoint",
}
_SHOWN: Final = _OF_REQUESTS | _OF_NETWORK
# A request reaches the second before the first, which refers to it.
_PASSED_BEFORE: Final = {
    ("AWS::CloudFront::Distribution", "AWS::WAFv2::WebACL"),
    ("AWS::RDS::DBInstance", "AWS::RDS::DBCluster"),
}
_PLACES: Final = frozenset({"AWS::EC2::Subnet", "AWS::EC2::VPC"})
_METHOD: Final = "AWS::ApiGateway::Method"  # the integrations of an API are in its methods, which refer to it

_ESCAPES: Final = str.maketrans(
    {"#": "#35;", "&": "#amp;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "`": "#96;"}
)


def requests(wiring: CrossStackReferences) -> str:
    """Return the diagram of the references, from the browser to the database.

    It has no frames, because Mermaid draws lines between frames straight, behind boxes and titles.
    """
    return "\n".join(_System(wiring).requests())


def network(wiring: CrossStackReferences) -> str:
    """Return the diagram of the subnets, their resources, and the gateways of their routes.

    Frames are not nested, because their titles would overlap.
    """
    return "\n".join(_System(wiring).network())


def overview(wiring: CrossStackReferences) -> str:
    """Return the diagram of the stacks, with their regions, and the values that one reads from another."""
    stacks = wiring.stacks.values()
    lines = ["flowchart TB"]
    lines += [f"  {_id(stack.name)}[{label(f'*{stack.name}', stack.file, stack.region)}]" for stack in stacks]
    for stack in stacks:
        read: dict[str, list[str]] = {}
        for source, name in [*wiring.reads(stack.name), *wiring.secrets(stack.name)]:
            read.setdefault(source, []).append(name)
        lines += [
            f"  {_id(source)} -->|{label(*sorted(names))}| {_id(stack.name)}"
            for source, names in read.items()
        ]
    return "\n".join(lines)


def label(*lines: str) -> str:
    """Return lines as the quoted text of a box or an arrow; one that starts with ``*`` is bold."""
    texts = []
    for line in lines:
        text = line.translate(_ESCAPES)
        texts.append(f"<b>{text[1:]}</b>" if text.startswith("*") else text)
    return f'"{"<br/>".join(texts)}"'


class _System:
    def __init__(self, wiring: CrossStackReferences) -> None:
        self.wiring = wiring
        self.types: dict[Node, str] = {}
        for stack in wiring.stacks.values():
            for name, resource in stack.resources.items():
                self.types[Node(stack.name, name)] = str(resource["Type"])
        self.shown = [node for node, type_name in self.types.items() if type_name in _SHOWN]
        self.reached = {node: self._reach(node) for node in self.shown}

    def requests(self) -> list[str]:
        """Return the text of the request diagram."""
        nodes = self._of_requests()
        arrows: list[tuple[Node, Node]] = []
        for node in nodes:
            targets = [target for target in self.reached[node] if target in nodes]
            arrows += [self._arrow(node, target) for target in targets]
        lines = ["flowchart LR", f"  users([{label('Browsers')}])"]
        lines += [f"  {self._box(node, self._place(node))}" for node in nodes]
        lines += [f"  users --> {_id(*node)}" for node in self._entries(nodes, arrows)]
        lines += [f"  {_id(*start)} --> {_id(*end)}" for start, end in arrows]
        return lines

    def _of_requests(self) -> list[Node]:
        """Return the resources of requests from the last stack to the first, as a request passes them."""
        of_requests = [node for node in self.shown if self.types[node] in _OF_REQUESTS]
        nodes: list[Node] = []
        for stack in reversed(self.wiring.stacks):
            nodes += [node for node in of_requests if node.stack == stack]
        return nodes

    def _arrow(self, node: Node, target: Node) -> tuple[Node, Node]:
        """Return start and end of the arrow for a reference, in the direction of a request."""
        if (self.types[node], self.types[target]) in _PASSED_BEFORE:
            return target, node
        return node, target

    def _entries(self, nodes: list[Node], arrows: list[tuple[Node, Node]]) -> list[Node]:
        """Return where requests enter: web ACLs, and distributions without a web ACL."""
        web_acls = [node for node in nodes if self.types[node] == "AWS::WAFv2::WebACL"]
        behind_web_acl = {end for start, end in arrows if start in web_acls}
        distributions = [node for node in nodes if self.types[node] == "AWS::CloudFront::Distribution"]
        return web_acls + [node for node in distributions if node not in behind_web_acl]

    def network(self) -> list[str]:
        """Return the text of the network diagram."""
        lines = ["flowchart LR"]
        for subnet in self._of_type("AWS::EC2::Subnet"):
            inside = [node for node in self.shown if self._subnets(node) == [subnet]]
            lines.append(f"  subgraph {_id(*subnet)}[{label(f'{subnet.name} {self._cidr(subnet)}')}]")
            lines += [f"    {self._box(node)}" for node in inside]
            lines.append("  end")
        for node in self.shown:
            if self.types[node] in _OF_NETWORK and len(self._subnets(node)) != 1:
                lines.append(f"  {self._box(node, self._place(node))}")
        return lines + [f"  {_id(*source)} -.-> {_id(*target)}" for source, target in self._routes()]

    def _box(self, node: Node, place: str = "") -> str:
        lines = [f"*{_SHOWN[self.types[node]]}", node.name]
        if place:
            lines.append(place)
        if condition := self._stack(node).resources[node.name].get("Condition"):
            lines.append(f"if {condition}")
        return f"{_id(*node)}[{label(*lines)}]"

    def _place(self, node: Node) -> str:
        """Return the subnets that a resource is in, otherwise its VPC or region."""
        places = self._subnets(node) or self._places(node)
        return " and ".join(place.name for place in places) or self._stack(node).region

    def _reach(self, start: Node) -> list[Node]:
        """Return the resources that a resource refers to, also through resources that are not shown."""
        seen = {start}
        reached: list[Node] = []
        pending = [start]
        while pending:
            for target in self._targets(pending.pop(0)):
                if target in seen:
                    continue
                seen.add(target)
                if self.types[target] in _SHOWN or self.types[target] in _PLACES:
                    reached.append(target)
                else:
                    pending.append(target)
        return reached

    def _targets(self, node: Node) -> list[Node]:
        methods = []
        if self.types[node] == "AWS::ApiGateway::RestApi":
            methods = [method for method in self._of_type(_METHOD) if node in self.wiring.targets(method)]
        return [*self.wiring.targets(node), *methods]

    def _routes(self) -> Iterator[tuple[Node, Node]]:
        """Yield the subnets with the gateways of their route tables."""
        for association in self._of_type("AWS::EC2::SubnetRouteTableAssociation"):
            associated = self.wiring.targets(association)  # a subnet and a route table
            subnets = [node for node in associated if self.types[node] == "AWS::EC2::Subnet"]
            for route in self._of_type("AWS::EC2::Route"):
                targets = self.wiring.targets(route)  # a route table and a gateway
                if set(associated).isdisjoint(targets):
                    continue
                gateways = [node for node in targets if node in self.reached]
                for subnet in subnets:
                    yield from ((subnet, gateway) for gateway in gateways)

    def _places(self, node: Node) -> list[Node]:
        return [place for place in self.reached[node] if self.types[place] in _PLACES]

    def _subnets(self, node: Node) -> list[Node]:
        return [place for place in self._places(node) if self.types[place] == "AWS::EC2::Subnet"]

    def _of_type(self, type_name: str) -> list[Node]:
        return [node for node, type_of_node in self.types.items() if type_of_node == type_name]

    def _stack(self, node: Node) -> BuiltStack:
        return self.wiring.stacks[node.stack]

    def _cidr(self, node: Node) -> str:
        """Return the address range, with the default if it is a parameter."""
        stack = self._stack(node)
        block = in_words(stack.resources[node.name].get("Properties", {}).get("CidrBlock", ""))
        name = block.removeprefix("${").removesuffix("}")
        if name not in stack.parameters:
            return block
        return stack.default(name) or block


def _id(*parts: str) -> str:
    """Return an identifier; the prefix distinguishes it from Mermaid's keywords, such as ``end``."""
    return re.sub("[^A-Za-z0-9_]", "_", "_".join(["n", *parts]))
