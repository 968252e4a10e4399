"""The pictures of a review and of the pages, as the real Mermaid draws them in a real browser.

A picture of a review must show exactly its labels: names from templates are text, whatever they contain. In
each picture, no label is clipped or covers another one, and those of the pages can be read at the width of a
page.
"""

import html
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, NamedTuple

from cfn_analysis.reviewing import report, sides, spread
from cfn_analysis.reviewing.sides import Side
from cfn_analysis.reviewing.spread import Picture
from csr_templates.hand_over import review_sides

PAGE: Final = Path(__file__).with_name("tools") / "pictures.html"
_ROOT: Final = Path(__file__).resolve().parents[2]
_BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome")
_OPTIONS: Final = (
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--virtual-time-budget=60000",
)  # fmt: skip
_TOLERANCE: Final = 1.5  # pixels
_SMALLEST: Final = 10  # pixels of a letter on a page
# Pictures that cannot be read, with what must be found.
_UNREADABLE: Final = {
    "has letters of": "flowchart LR\n  " + " --> ".join(f"node{number}" for number in range(30)),
    "cover each other": (
        '%%{init: {"flowchart": {"nodeSpacing": 5, "rankSpacing": 5, "padding": 1}}}%%\n'
        'flowchart LR\n  before --> node\n  subgraph title\n    node["1<br>2<br>3<br>4"]\n  end'
    ),
    "covers the edge of a shape": (
        "gantt\n  dateFormat YYYY-MM-DD\n  section A title that is longer than its column\n"
        "  task :2026-01-01, 2026-01-09"
    ),
    "is clipped by the edge of the picture": (
        '%%{init: {"gantt": {"useWidth": 200}}}%%\n'
        "gantt\n  dateFormat YYYY-MM-DD\n  section A\n"
        "  a task that is longer than the picture is wide :2026-01-01, 2026-01-09"
    ),
}
_BLOCK: Final = re.compile(r"^```mermaid\n(.*?)^```", re.DOTALL | re.MULTILINE)
_LABEL: Final = re.compile(r'"([^"]*)"')
_CODE: Final = re.compile(r"#(\d+);")
_HOSTILE: Final = (
    '"]; click n0 "javascript:hacked=1"',
    "<img src=x onerror=hacked=1>",
    "</pre><script>hacked=1</script>",
    "`**bold**` $$x^2$$",
    '%%{init: {"securityLevel": "loose"}}%%',
    "a --> b; end; subgraph c",
    "#35;#quot;&lt;",
    "\u202eesrever \x1b[2J",
)


class PictureError(Exception):
    """A picture is not drawn as it is written; the message has the difference."""


class _Label(NamedTuple):
    """A text in a picture; places are left, top, right and bottom, in pixels."""

    text: str
    place: list[float]
    frame: list[float] | None
    pixels: float


def check(folder: Path) -> None:
    """Draw some pictures of reviews, and those of the pages, with the Mermaid in the folder.

    Raises:
        PictureError: there is no browser, Mermaid rejects a picture, it shows something else, or a label
            cannot be read.
    """
    pictures = [*_own(), *(_hostile(name) for name in _HOSTILE)]
    of_pages = page_pictures()
    texts = ["\n".join(picture.lines) for picture in pictures] + [text for _, text in of_pages]
    document = draw(folder, [*texts, *_UNREADABLE.values()])
    if document["hacked"]:
        raise PictureError("A name in a picture ran a script.")
    for text, shown in zip([*texts, *_UNREADABLE.values()], document["drawn"], strict=True):
        if "error" in shown:
            raise PictureError(f"Mermaid rejects this picture: {shown['error']}\n{text}")
    of_reviews = document["drawn"][: len(pictures)]
    for picture, shown in zip(pictures, of_reviews, strict=True):
        _compare(picture, shown)
        _require_readable("a review", shown, 0)
    for (name, _), shown in zip(of_pages, document["drawn"][len(pictures) : len(texts)], strict=True):
        _require_readable(name, shown, _SMALLEST)
    for fault, shown in zip(_UNREADABLE, document["drawn"][len(texts) :], strict=True):
        reasons = list(unreadable(shown, _SMALLEST))
        if not any(fault in reason for reason in reasons):
            raise PictureError(f"No label {fault!r} in a picture made for it, only: {reasons}")


def page_pictures() -> list[tuple[str, str]]:
    """Return the pictures of the pages: the path of the page, and the text of the picture."""
    pages = [*_ROOT.glob("*.md"), *(_ROOT / "docs").rglob("*.md"), *(_ROOT / "out").glob("*.md")]
    pictures = []
    for page in sorted(pages):
        name = page.relative_to(_ROOT).as_posix()
        pictures += [(name, text) for text in _BLOCK.findall(page.read_text("utf-8"))]
    return pictures


def draw(folder: Path, texts: list[str], *options: str) -> dict[str, Any]:
    """Return what a reader sees of each picture; ``options`` are further ones of the browser.

    Raises:
        PictureError: there is no browser, or it does not draw the page.
    """
    browser = next((name for name in _BROWSERS if shutil.which(name)), None)
    if browser is None:
        raise PictureError("Chromium was not found. Install it (on Debian: the package chromium).")
    shutil.copy(PAGE, folder)
    (folder / "pictures.js").write_text(f"const PICTURES = {json.dumps(texts)};\n", "utf-8")
    page = (folder / PAGE.name).resolve().as_uri()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [browser, *_OPTIONS, f"--user-data-dir={profile}", *options, "--dump-dom", page]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=300, env=dict(os.environ)
        )
    content = re.search(r'<pre id="drawn"[^>]*>(.*?)</pre>', done.stdout, re.DOTALL)
    if content is None or not content[1]:
        raise PictureError(f"{browser} did not draw {page}:\n{done.stderr[-2000:]}")
    seen: dict[str, Any] = json.loads(html.unescape(content[1]))
    return seen


def _require_readable(name: str, shown: Mapping[str, Any], smallest: float) -> None:
    faults = list(unreadable(shown, smallest))
    if faults:
        raise PictureError("\n".join([f"A picture of {name}:", *faults]))


def unreadable(shown: Mapping[str, Any], smallest: float) -> Iterator[str]:
    """Yield why the labels of a picture cannot be read.

    Args:
        shown: the geometry of the picture, from ``pictures.html``.
        smallest: the smallest size of a letter, in pixels.
    """
    labels = [_Label(**label) for label in shown["labels"]]
    width, height = shown["size"]
    for number, label in enumerate(labels):
        if not _contains([0, 0, width, height], label.place):
            yield f"{label.text!r} is clipped by the edge of the picture."
        if label.frame is not None and not _contains(label.frame, label.place):
            yield f"{label.text!r} is clipped by its frame."
        if label.pixels < smallest:
            yield f"{label.text!r} has letters of {label.pixels:.1f} pixels, less than {smallest}."
        for covered in labels[number + 1 :]:
            if _overlap(label.place, covered.place):
                yield f"{label.text!r} and {covered.text!r} cover each other."
        for shape in shown["shapes"]:
            if _overlap(label.place, shape) and not _contains(shape, label.place):
                yield f"{label.text!r} covers the edge of a shape."


def _contains(outer: list[float], inner: list[float]) -> bool:
    left, top, right, bottom = outer
    return (
        inner[0] >= left - _TOLERANCE
        and inner[1] >= top - _TOLERANCE
        and inner[2] <= right + _TOLERANCE
        and inner[3] <= bottom + _TOLERANCE
    )


def _overlap(first: list[float], second: list[float]) -> bool:
    """Return whether two places share more than the tolerance, from left to right and from top to bottom."""
    across = min(first[2], second[2]) - max(first[0], second[0])
    down = min(first[3], second[3]) - max(first[1], second[1])
    return across > _TOLERANCE and down > _TOLERANCE


def _compare(picture: Picture, shown: Mapping[str, Any]) -> None:
    """Compare the labels and the number of arrows of a picture with what is drawn."""
    boxes, stacks, through, arrows = [], [], [], 0
    for line in picture.lines:
        if line == spread.SETTINGS:
            continue
        labels = [_CODE.sub(lambda code: chr(int(code[1])), label) for label in _LABEL.findall(line)]
        if "-->" in line:
            arrows += 1
            through += labels
        elif line.startswith("  subgraph "):
            stacks += labels
        else:
            boxes += labels
    expected = {"nodes": boxes, "stacks": stacks, "through": through, "edges": arrows, "foreign": 0}
    for key, value in expected.items():
        seen = shown[key]
        if isinstance(value, list):
            value, seen = sorted(value), sorted(seen)
        if seen != value:
            raise PictureError("\n".join([f"{key}: {value}, but Mermaid shows {seen}", *picture.lines]))
    if picture.nodes != len(boxes):
        raise PictureError(f"The picture counts {picture.nodes} nodes, and has {len(boxes)}.")


def _own() -> list[Picture]:
    """Return the pictures of changes of our own templates: in one stack, across stacks, and a large one."""
    side = review_sides.folder(_ROOT / "out")
    changed = [
        _with(side, "database", "LambdaSecurityGroup", {"GroupDescription": "another one"}),
        _with(side, "network", "VPC", {"InstanceTenancy": "dedicated"}),
        _with_parameter(side, "LogRetentionDays", "3653"),
    ]
    return [_picture(side, after) for after in changed]


def _with(side: Side, stack: str, logical_id: str, properties: Mapping[str, Any]) -> Side:
    stacks = []
    for built in side.stacks:
        if built.name == stack:
            template = json.loads(json.dumps(built.template))
            template["Resources"][logical_id]["Properties"].update(properties)
            stacks.append(replace(built, template=template))
        else:
            stacks.append(built)
    return side._replace(stacks=tuple(stacks))


def _with_parameter(side: Side, name: str, value: str) -> Side:
    environments: dict[str, dict[str, dict[str, str]]] = {}
    for environment, by_stack in side.environments.items():
        environments[environment] = {}
        for stack, values in by_stack.items():
            changed = {**values, name: value} if name in values else dict(values)
            environments[environment][stack] = changed
    return side._replace(environments=environments)


def _hostile(name: str) -> Picture:
    """Return the picture of a template in which everything has a hostile name."""
    resources: dict[str, Any] = {
        f"{name} {number}": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": {"Ref": name}}}
        for number in range(3)
    }
    both = []
    for default in ("old", "new"):
        template = {"Parameters": {name: {"Type": "String", "Default": default}}, "Resources": resources}
        data = json.dumps(template).encode()
        both.append(sides.template(data, "us-east-1", {}, f"stack {name}", name=f"{name}.json"))
    before, after = both
    return _picture(before, after)


def _picture(before: Side, after: Side) -> Picture:
    picture = spread.picture(report.review(before, after).environments)
    if picture is None:
        raise PictureError(f"The review of {after.name} has no picture.")
    return picture
