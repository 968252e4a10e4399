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
    escaped = [line.translate(_ESCAPES) for line in lines]
    return '"{}"'.format("<br/>".join(f"<b>{line[1:]}</b>" if line[:1] == "*" else line for line in escaped))


class _System:
    def __init__(self, wiring: CrossStackReferences) -> None:
        self.wiring = wiring
        self.types = {
            Node(stack.name, name): str(resource["Type"])
            for stack in wiring.stacks.values()
            for name, resource in stack.resources.items()
        }
        self.shown = [node for node, its_type in self.types.items() if its_type in _SHOWN]
        self.reached = {node: self._reach(node) for node in self.shown}

    def requests(self) -> list[str]:
        """Return the text of the request diagram."""
        nodes = [  # from the last stack to the first, in the direction of a request
            node
            for stack in reversed(self.wiring.stacks)
            for node in self.shown
            if node.stack == stack and self.types[node] in _OF_REQUESTS
        ]
        arrows = []
        for node in nodes:
            for target in self.reached[node]:
                if target in nodes:
                    swapped = (self.types[node], self.types[target]) in _PASSED_BEFORE
                    arrows.append((target, node) if swapped else (node, target))
        passed = {end for start, end in arrows if self.types[start] == "AWS::WAFv2::WebACL"}
        entries = [node for node in nodes if self.types[node] == "AWS::WAFv2::WebACL"]
        entries += [
            node
            for node in nodes
            if self.types[node] == "AWS::CloudFront::Distribution" and node not in passed
        ]
        return [
            "flowchart LR",
            f"  users([{label('Browsers')}])",
            *(f"  {self._box(node, self._place(node))}" for node in nodes),
            *(f"  users --> {_id(*node)}" for node in entries),
            *(f"  {_id(*start)} --> {_id(*end)}" for start, end in arrows),
        ]

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
        lines = [f"*{_SHOWN[self.types[node]]}", node.name, *filter(None, [place])]
        if condition := self._stack(node).resources[node.name].get("Condition"):
            lines.append(f"if {condition}")
        return f"{_id(*node)}[{label(*lines)}]"

    def _place(self, node: Node) -> str:
        """Return the subnets that a resource is in, otherwise its VPC or region."""
        places = self._subnets(node) or self._places(node)
        return " and ".join(place.name for place in places) or self._stack(node).region

    def _reach(self, start: Node) -> list[Node]:
        """Return the resources that a resource refers to, also through resources that are not shown."""
        found: dict[Node, None] = {}
        pending = [start]
        while pending:
            for target in self._targets(pending.pop(0)):
                if target != start and target not in found:
                    found[target] = None
                    if self.types[target] not in _SHOWN and self.types[target] not in _PLACES:
                        pending.append(target)
        return [node for node in found if self.types[node] in _SHOWN or self.types[node] in _PLACES]

    def _targets(self, node: Node) -> list[Node]:
        methods = []
        if self.types[node] == "AWS::ApiGateway::RestApi":
            methods = [method for method in self._of_type(_METHOD) if node in self.wiring.targets(method)]
        return [*self.wiring.targets(node), *methods]

    def _routes(self) -> Iterator[tuple[Node, Node]]:
        """Yield the subnets with the gateways of their route tables."""
        for association in self._of_type("AWS::EC2::SubnetRouteTableAssociation"):
            ends = self.wiring.targets(association)
            for route in self._of_type("AWS::EC2::Route"):
                hops = self.wiring.targets(route)
                for subnet in ends:
                    if self.types[subnet] == "AWS::EC2::Subnet" and set(ends) & set(hops):
                        yield from ((subnet, gateway) for gateway in hops if gateway in self.reached)

    def _places(self, node: Node) -> list[Node]:
        return [place for place in self.reached[node] if self.types[place] in _PLACES]

    def _subnets(self, node: Node) -> list[Node]:
        return [place for place in self._places(node) if self.types[place] == "AWS::EC2::Subnet"]

    def _of_type(self, type_name: str) -> list[Node]:
        return [node for node, its_type in self.types.items() if its_type == type_name]

    def _stack(self, node: Node) -> BuiltStack:
        return self.wiring.stacks[node.stack]

    def _cidr(self, node: Node) -> str:
        """Return the address range, with the default if it is a parameter."""
        stack = self._stack(node)
        block = in_words(stack.resources[node.name].get("Properties", {}).get("CidrBlock", ""))
        name = block.removeprefix("${").removesuffix("}")
        return stack.default(name) or block if name in stack.parameters else block


def _id(*parts: str) -> str:
    """Return an identifier; the prefix distinguishes it from Mermaid's keywords, such as ``end``."""
    return re.sub("[^A-Za-z0-9_]", "_", "_".join(["n", *parts]))
