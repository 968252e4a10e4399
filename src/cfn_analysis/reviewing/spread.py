"""A picture of how changes spread: from an edit, through parameters and exports, to resources.

It is a flowchart of Mermaid, which GitHub and GitLab draw in Markdown.
https://docs.github.com/en/get-started/writing-on-github/working-with-advanced-formatting/creating-diagrams
"""

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Final, NamedTuple

from cfn_analysis.model.escaping import for_mermaid
from cfn_analysis.model.wiring import Node
from cfn_analysis.reviewing.changes import EnvironmentChanges
from cfn_analysis.reviewing.digest import CHANGES, without_name
from cfn_analysis.updates.resource_changes import MAYBE_REPLACE, REMOVE, REPLACE, Cause

MOST_UNFOLDED: Final = 25
"""Maximum number of nodes of a picture that is not folded."""
_MOST: Final = 100  # GitHub draws up to 50,000 characters and 500 edges
_FEWEST: Final = 3  # resources that hang on one edit
_FEWEST_ALIKE: Final = 4  # resources that are one node
# Narrow, because a picture that is wider than a page is scaled. The margin keeps labels of arrows off titles.
SETTINGS: Final = (
    '%%{init: {"flowchart": {"nodeSpacing": 20, "rankSpacing": 25, "padding": 8, '
    '"subGraphTitleMargin": {"bottom": 20}}}}%%'
)
"""First line of a picture."""
# As text, so that they can be seen without colors.
_STYLES: Final = {
    REPLACE: "stroke:#d1242f,stroke-width:3px",
    MAYBE_REPLACE: "stroke:#d1242f,stroke-width:3px,stroke-dasharray:6 4",
    REMOVE: "stroke:#d1242f,stroke-width:3px,stroke-dasharray:2 2",
}

_Step = str | Node
"""A file, a parameter, a condition, a mapping or an export, in words; or a resource."""
_Edit = tuple[str, _Step]


class Picture(NamedTuple):
    """A flowchart: its lines and the number of its nodes."""

    lines: tuple[str, ...]
    nodes: int

    @property
    def is_large(self) -> bool:
        """Whether it is too large to be shown unfolded."""
        return self.nodes > MOST_UNFOLDED


class _Edge(NamedTuple):
    """An arrow; ``through`` is the export or output by which a stack reads another one."""

    start: _Step
    end: _Step
    through: str


class _Box(NamedTuple):
    """A node of the picture: one resource, or several that change alike."""

    resources: tuple[Node, ...]
    action: str
    environments: tuple[str, ...]


def picture(environments: Iterable[EnvironmentChanges]) -> Picture | None:
    """Return how the changes spread of each edit on which more than two resources hang; None without one."""
    graph = _Graph()
    names = []
    for environment in environments:
        graph.add(environment)
        names.append(environment.name)
    edges = graph.spreading()
    if not edges:
        return None
    drawn = _Drawing(graph, edges, tuple(names))
    if drawn.size > _MOST:
        return None
    return Picture(tuple(drawn.lines()), drawn.size)


class _Graph:
    """The changes of all environments, and what causes them."""

    def __init__(self) -> None:
        self.actions: dict[Node, str] = {}
        self.environments: dict[Node, list[str]] = {}
        self.edits: dict[_Edit, list[_Edge]] = {}
        self.following: dict[Node, list[_Edge]] = {}

    def add(self, environment: EnvironmentChanges) -> None:
        """Add the changes of an environment."""
        for node, outcome in environment.resources.items():
            change = outcome.change
            self.actions.setdefault(node, change.action_in_reports)
            self.environments.setdefault(node, []).append(environment.name)
            for cause in change.causes:
                chain = [without_name(step, environment.name) for step in cause.chain]
                if cause.follows is None:
                    self._add_edit(node, chain)
                else:
                    self._add_following(node, cause, chain)

    def _add_edit(self, node: Node, chain: list[str]) -> None:
        """Add the path from an edit of a property, or of a parameter, a condition or a mapping."""
        if not chain:
            return
        steps: list[_Step] = [*chain, node]
        edges = self.edits.setdefault((chain[0], steps[1]), [])
        for start, end in pairwise(steps):
            _append(edges, _Edge(start, end, ""))

    def _add_following(self, node: Node, cause: Cause, chain: list[str]) -> None:
        """Add the arrow from a replaced resource to one that refers to it."""
        if cause.follows is None:
            return
        through = ""
        if chain and chain[-1].startswith(("export ", "output ")):
            through = chain[-1]
        _append(self.following.setdefault(cause.follows, []), _Edge(cause.follows, node, through))

    def spreading(self) -> list[_Edge]:
        """Return the arrows of each edit on which enough resources hang."""
        edges: dict[_Edge, None] = {}
        for of_edit in self.edits.values():
            reached = self._reached(of_edit)
            resources = {edge.end for edge in reached if isinstance(edge.end, Node)}
            if len(resources) >= _FEWEST:
                edges.update(dict.fromkeys(reached))
        return list(edges)

    def _reached(self, edges: Iterable[_Edge]) -> list[_Edge]:
        """Return some arrows, and those that follow from the resources at their ends."""
        reached: dict[_Edge, None] = {}
        pending = deque(edges)
        while pending:
            edge = pending.popleft()
            if edge in reached:
                continue
            reached[edge] = None
            if isinstance(edge.end, Node):
                pending.extend(self.following.get(edge.end, []))
        return list(reached)


class _Drawing:
    """A flowchart of some arrows."""

    def __init__(self, graph: _Graph, edges: list[_Edge], environments: tuple[str, ...]) -> None:
        self.graph = graph
        self.environments = environments
        self.box_of: dict[Node, _Box] = {}
        for box in self._boxes(edges):
            for resource in box.resources:
                self.box_of[resource] = box
        self.edges: dict[tuple[str | _Box, str | _Box, str], None] = {}
        for edge in edges:
            self.edges[self._drawn(edge.start), self._drawn(edge.end), edge.through] = None
        drawn: dict[str | _Box, None] = {}
        for start, end, _ in self.edges:
            drawn.update({start: None, end: None})
        self.ids = {step: f"n{number}" for number, step in enumerate(drawn)}

    @property
    def size(self) -> int:
        """The number of nodes."""
        return len(self.ids)

    def lines(self) -> Iterator[str]:
        """Yield the lines of the flowchart."""
        yield SETTINGS
        yield "flowchart LR"
        for step, identifier in self.ids.items():
            if isinstance(step, str):
                yield f'  {identifier}(["{for_mermaid(step)}"])'
        for number, (stack, boxes) in enumerate(self._by_stack().items()):
            yield f'  subgraph s{number}["{for_mermaid(stack)}"]'
            for box in boxes:
                style = f":::{box.action.replace('-', '_')}" if box.action in _STYLES else ""
                yield f'    {self.ids[box]}["{for_mermaid(self._label(box))}"]{style}'
            yield "  end"
        for start, end, through in self.edges:
            words = f'|"{for_mermaid(through)}"|' if through else ""
            yield f"  {self.ids[start]} -->{words} {self.ids[end]}"
        used = {box.action for box in self.box_of.values()}
        for action, style in _STYLES.items():
            if action in used:
                yield f"  classDef {action.replace('-', '_')} {style}"

    def _drawn(self, step: _Step) -> str | _Box:
        if isinstance(step, Node):
            return self.box_of[step]
        return step

    def _by_stack(self) -> dict[str, list[_Box]]:
        boxes: dict[str, list[_Box]] = {}
        for step in self.ids:
            if isinstance(step, _Box):
                boxes.setdefault(step.resources[0].stack, []).append(step)
        return boxes

    def _label(self, box: _Box) -> str:
        where = ""
        if box.environments != self.environments:
            where = f" in {', '.join(box.environments)}"
        if len(box.resources) > 1:
            return f"{len(box.resources)} resources: {CHANGES[box.action]}{where}"
        return f"{box.resources[0].name}: {CHANGES[box.action]}{where}"

    def _boxes(self, edges: Iterable[_Edge]) -> Iterator[_Box]:
        """Yield a box for each resource; many that change alike and cause nothing are one box."""
        incoming: dict[Node, list[tuple[_Step, str]]] = {}
        starts: dict[_Step, None] = {}
        for edge in edges:
            starts[edge.start] = None
            if isinstance(edge.end, Node):
                incoming.setdefault(edge.end, []).append((edge.start, edge.through))
        for start in starts:
            if isinstance(start, Node):
                incoming.setdefault(start, [])
        alike: dict[tuple[object, ...], list[Node]] = {}
        for node, causes in incoming.items():
            key: tuple[object, ...] = (node,)
            if node not in starts:  # it causes nothing
                key = (node.stack, self.graph.actions[node], self._where(node), frozenset(causes))
            alike.setdefault(key, []).append(node)
        for nodes in alike.values():
            groups = [[node] for node in nodes]
            if len(nodes) >= _FEWEST_ALIKE:
                groups = [nodes]
            for group in groups:
                yield _Box(tuple(group), self.graph.actions[group[0]], self._where(group[0]))

    def _where(self, node: Node) -> tuple[str, ...]:
        return tuple(self.graph.environments[node])


def _append(edges: list[_Edge], edge: _Edge) -> None:
    if edge not in edges:
        edges.append(edge)
