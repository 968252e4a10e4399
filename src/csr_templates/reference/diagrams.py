"""Diagrams of the stacks, as Mermaid text that is read off the templates.

Nothing is drawn that no template says: boxes are resources, and arrows are references between them.
https://mermaid.js.org/syntax/flowchart.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from csr_templates.cloudformation.references import in_words
from csr_templates.cloudformation.wiring import Node

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from csr_templates.cloudformation.built_stack import BuiltStack
    from csr_templates.cloudformation.wiring import Wiring

# What the picture of the system shows: the resources that a request passes, that hold data, or that lead
# out of the network. Everything else is a detail of one of them.
_SHOWN: Final = {
    "AWS::ApiGateway::RestApi": "API Gateway",
    "AWS::CloudFront::Distribution": "CloudFront",
    "AWS::EC2::InternetGateway": "Internet gateway",
    "AWS::EC2::NatGateway": "NAT gateway",
    "AWS::EC2::VPCEndpoint": "VPC endpoint",
    "AWS::Lambda::Function": "Lambda",
    "AWS::RDS::DBCluster": "Aurora cluster",
    "AWS::RDS::DBInstance": "Aurora instance",
    "AWS::S3::Bucket": "S3 bucket",
    "AWS::SQS::Queue": "SQS queue",
    "AWS::SecretsManager::Secret": "Secret",
    "AWS::WAFv2::WebACL": "WAF",
}
_PLACES: Final = frozenset({"AWS::EC2::Subnet", "AWS::EC2::VPC"})
_METHOD: Final = "AWS::ApiGateway::Method"  # what an API calls is written in its methods, which refer to it

_ESCAPES: Final = str.maketrans(
    {"#": "#35;", "&": "#amp;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "`": "#96;"}
)


def system(wiring: Wiring) -> str:
    """Return the picture of what stands where and what refers to what, from the browser to the database."""
    return "\n".join(_System(wiring).lines())


def overview(wiring: Wiring) -> str:
    """Return the picture of the stacks in their regions, with what one reads from another."""
    stacks = wiring.stacks.values()
    lines = ["flowchart TB"]
    for number, region in enumerate(dict.fromkeys(stack.region for stack in stacks)):
        lines.append(f"  subgraph region{number}[{label(region)}]")
        lines += [
            f"    {_id(stack.name)}[{label(f'*{stack.name}', stack.file)}]"
            for stack in stacks
            if stack.region == region
        ]
        lines.append("  end")
    for stack in stacks:
        read: dict[str, list[str]] = {}
        for source, name in [*wiring.reads(stack.name), *wiring.secrets(stack.name)]:
            read.setdefault(source, []).append(name)
        lines += [
            f"  {_id(source)} -->|{label(*sorted(names))}| {_id(stack.name)}"
            for source, names in read.items()
        ]
    return "\n".join(lines)


def sections(wiring: Wiring, stack: BuiltStack) -> str:
    """Return the picture of one stack: its resources in their sections, and what each section refers to.

    An arrow is left out where others lead to the same section.
    """
    home = {name: title for title, names in stack.by_section().items() for name in names}
    ids = {title: f"section{number}" for number, title in enumerate(stack.by_section())}
    lines = ["flowchart LR"]
    for title, names in stack.by_section().items():
        lines.append(f"  {ids[title]}[{label(f'*{title}', *names)}]")
    arrows: dict[str, list[str]] = {title: [] for title in ids}
    for name in stack.resources:
        for target in wiring.targets(Node(stack.name, name)):
            if target.stack == stack.name and home[target.name] not in (home[name], *arrows[home[name]]):
                arrows[home[name]].append(home[target.name])
    for title, others in arrows.items():
        for other in list(others):
            others.remove(other)
            if not _leads(arrows, title, other):
                others.append(other)
        lines += [f"  {ids[title]} --> {ids[other]}" for other in others]
    return "\n".join(lines)


def _leads(arrows: Mapping[str, Sequence[str]], start: str, end: str) -> bool:
    """Tell whether arrows lead from one section to another."""
    seen = {start}
    pending = [start]
    while pending:
        for title in arrows[pending.pop()]:
            if title == end:
                return True
            if title not in seen:
                seen.add(title)
                pending.append(title)
    return False


def label(*lines: str) -> str:
    """Return lines as the quoted text of a box or an arrow; one that starts with ``*`` is bold."""
    escaped = [line.translate(_ESCAPES) for line in lines]
    return '"{}"'.format("<br/>".join(f"<b>{one[1:]}</b>" if one[:1] == "*" else one for one in escaped))


class _System:
    def __init__(self, wiring: Wiring) -> None:
        self.wiring = wiring
        self.types = {
            Node(stack.name, name): str(resource["Type"])
            for stack in wiring.stacks.values()
            for name, resource in stack.resources.items()
        }
        self.shown = [node for node, its_type in self.types.items() if its_type in _SHOWN]
        self.reached = {node: self._reach(node) for node in self.shown}

    def lines(self) -> list[str]:
        """Return the text of the diagram."""
        lines = ["flowchart LR", f"  users([{label('Browsers')}])"]
        regions = dict.fromkeys(stack.region for stack in self.wiring.stacks.values())
        for number, region in enumerate(regions):
            lines.append(f"  subgraph region{number}[{label(region)}]")
            lines += [f"    {line}" for line in self._within(region)]
            lines.append("  end")
        lines += [
            f"  users --> {_id(*node)}"
            for node in self.shown
            if self.types[node] == "AWS::CloudFront::Distribution"
        ]
        for node, reached in self.reached.items():
            lines += [f"  {_id(*node)} --> {_id(*target)}" for target in reached if target in self.reached]
        return lines + [f"  {_id(*source)} -.-> {_id(*target)}" for source, target in self._routes()]

    def _within(self, region: str) -> Iterator[str]:
        here = [node for node in self.shown if self._stack(node).region == region]
        inside: set[Node] = set()
        for vpc in self._of_type("AWS::EC2::VPC", region):
            yield f"subgraph {_id(*vpc)}[{label(f'{vpc.name} {self._cidr(vpc)}')}]"
            for subnet in self._of_type("AWS::EC2::Subnet", region):
                if vpc in self.wiring.targets(subnet):
                    alone = [node for node in here if self._subnets(node) == [subnet]]
                    yield f"  subgraph {_id(*subnet)}[{label(f'{subnet.name} {self._cidr(subnet)}')}]"
                    yield from (f"    {self._box(node)}" for node in alone)
                    yield "  end"
                    inside.update(alone)
            there = [node for node in here if self._places(node) and node not in inside]
            yield from (f"  {self._box(node)}" for node in there)
            yield "end"
            inside.update(there)
        yield from (self._box(node) for node in here if node not in inside)

    def _box(self, node: Node) -> str:
        lines = [f"*{_SHOWN[self.types[node]]}", node.name]
        if len(self._subnets(node)) > 1:
            lines.append(f"in {' and '.join(subnet.name for subnet in self._subnets(node))}")
        if condition := self._stack(node).resources[node.name].get("Condition"):
            lines.append(f"if {condition}")
        return f"{_id(*node)}[{label(*lines)}]"

    def _reach(self, start: Node) -> list[Node]:
        """Return what a resource refers to, through what is neither shown nor a place."""
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
            methods = [one for one in self._of_type(_METHOD) if node in self.wiring.targets(one)]
        return [*self.wiring.targets(node), *methods]

    def _routes(self) -> Iterator[tuple[Node, Node]]:
        """Yield the subnets with the gateways that their route tables lead to."""
        for association in self._of_type("AWS::EC2::SubnetRouteTableAssociation"):
            ends = self.wiring.targets(association)
            for route in self._of_type("AWS::EC2::Route"):
                hops = self.wiring.targets(route)
                for subnet in ends:
                    if self.types[subnet] == "AWS::EC2::Subnet" and set(ends) & set(hops):
                        yield from ((subnet, gateway) for gateway in hops if gateway in self.reached)

    def _places(self, node: Node) -> list[Node]:
        return [one for one in self.reached[node] if self.types[one] in _PLACES]

    def _subnets(self, node: Node) -> list[Node]:
        return [one for one in self._places(node) if self.types[one] == "AWS::EC2::Subnet"]

    def _of_type(self, type_name: str, region: str = "") -> list[Node]:
        return [
            node
            for node, its_type in self.types.items()
            if its_type == type_name and region in ("", self._stack(node).region)
        ]

    def _stack(self, node: Node) -> BuiltStack:
        return self.wiring.stacks[node.stack]

    def _cidr(self, node: Node) -> str:
        """Return the address range, with the default where it is a parameter."""
        stack = self._stack(node)
        block = in_words(stack.resources[node.name].get("Properties", {}).get("CidrBlock", ""))
        name = block.removeprefix("${").removesuffix("}")
        return stack.default(name) or block if name in stack.parameters else block


def _id(*parts: str) -> str:
    """Return an identifier; the leading word keeps it apart from Mermaid's own, such as ``end``."""
    return re.sub("[^A-Za-z0-9_]", "_", "_".join(["n", *parts]))
