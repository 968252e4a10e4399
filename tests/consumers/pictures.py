"""The pictures of a review, as the real Mermaid draws them in a real browser.

A picture must show exactly its labels: names from templates are text, whatever they contain.
"""

import html
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

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


def check(folder: Path) -> None:
    """Draw some pictures with the Mermaid in the folder, and compare what a reader sees with their labels.

    Raises:
        PictureError: there is no browser, Mermaid rejects a picture, or it shows something else.
    """
    pictures = [*_own(), *(_hostile(name) for name in _HOSTILE)]
    drawn = draw(folder, pictures)
    if drawn["hacked"]:
        raise PictureError("A name in a picture ran a script.")
    for picture, shown in zip(pictures, drawn["drawn"], strict=True):
        if "error" in shown:
            raise PictureError("\n".join([f"Mermaid rejects this picture: {shown['error']}", *picture.lines]))
        _compare(picture, shown)


def draw(folder: Path, pictures: list[Picture], *options: str) -> dict[str, Any]:
    """Return what a reader sees of each picture; ``options`` are further ones of the browser.

    Raises:
        PictureError: there is no browser, or it does not draw the page.
    """
    browser = next((name for name in _BROWSERS if shutil.which(name)), None)
    if browser is None:
        raise PictureError("Chromium was not found. Install it (on Debian: the package chromium).")
    shutil.copy(PAGE, folder)
    texts = json.dumps(["\n".join(picture.lines) for picture in pictures])
    (folder / "pictures.js").write_text(f"const PICTURES = {texts};\n", "utf-8")
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


def _compare(picture: Picture, shown: Mapping[str, Any]) -> None:
    """Compare the labels and the number of arrows of a picture with what is drawn."""
    boxes, stacks, through, arrows = [], [], [], 0
    for line in picture.lines:
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
