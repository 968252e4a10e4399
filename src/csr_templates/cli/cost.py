"""``csr-templates cost``: what the built stacks cost in a month."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from cfn_analysis.model.resolving import ResolveError
from cfn_analysis.model.wording import hint
from csr_templates.cli import folders
from csr_templates.cli.messages import FINE, FOUND, InputError, quantity, say, tell
from csr_templates.costs import prices as saved
from csr_templates.costs import report, usage
from csr_templates.costs.estimate import Estimate, estimate
from csr_templates.costs.prices import PricesError
from csr_templates.costs.usage import Usage, UsageError
from csr_templates.hand_over import built_folder
from csr_templates.hand_over.built_folder import BuiltFolder, BuiltFolderError

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterator

    from csr_templates.costs.prices import Prices


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "environments", nargs="*", metavar="ENVIRONMENT", help="name of an environment (default: all)"
    )
    parser.add_argument(
        "--out",
        type=folders.named_folder,
        metavar="DIR",
        help="output folder of a build (default: out/ in the checkout, or ./out)",
    )
    parser.add_argument(
        "--usage",
        type=Path,
        metavar="FILE",
        help='usage in a month, whose cost is added: {"prod": {"api": {"api-requests": 1000000}}} (the text '
        "report shows the keys)",
    )
    parser.add_argument(
        "--prices", type=Path, metavar="FILE", help="file with the prices (default: that of the package)"
    )
    parser.add_argument(
        "--format",
        choices=("text", "json", "markdown"),
        default="text",
        help="format of the report (default: text)",
    )


def run(arguments: Namespace) -> int:
    """Print the report, and return the exit code."""
    try:
        prices = saved.read(arguments.prices or saved.FILE)
        estimates = [*_estimates(arguments, prices)]
    except (BuiltFolderError, PricesError, ResolveError, UsageError) as error:
        raise InputError(str(error)) from error
    _warn_of_old(prices)
    make = {"text": report.as_text, "json": report.as_json, "markdown": report.as_markdown}
    say(make[arguments.format](estimates, prices.date))
    missing = sum(len(found.unpriced) for found in estimates)
    if missing:
        tell(
            f"csr-templates: {quantity(missing, 'resource')} not priced, so the cost is higher than the sum."
        )
    return FOUND if missing else FINE


def _estimates(arguments: Namespace, prices: Prices) -> Iterator[Estimate]:
    path = arguments.out or folders.default_output()
    folder = built_folder.read(lambda name: (path / name).read_bytes(), path.as_posix())
    environments = folder.environments or {"": {}}
    for name in arguments.environments:
        if name not in environments:
            names = ", ".join(filter(None, environments)) or "none"
            raise InputError(f"There is no environment {name}.{hint(name, environments)} There are: {names}.")
    used = _usage(arguments.usage, folder) if arguments.usage else {}
    for name in dict.fromkeys(arguments.environments or environments):
        found = estimate(name, folder.stacks, environments[name], prices)
        if name in used:
            keys: dict[str, list[str]] = {}
            for one in found.by_usage:
                keys.setdefault(one.stack, []).append(one.key)
            usage.check(used[name], keys, arguments.usage.as_posix(), name)
            found = estimate(name, folder.stacks, environments[name], prices, used[name])
        yield found


def _usage(path: Path, folder: BuiltFolder) -> dict[str, Usage]:
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise InputError(f"Cannot read {path.as_posix()}: {reason}.") from error
    stacks = [stack.name for stack in folder.stacks]
    return usage.read(text, path.as_posix(), dict.fromkeys(folder.environments or {"": {}}, stacks))


def _warn_of_old(prices: Prices) -> None:
    if (date.today() - prices.date).days > saved.OLDEST:
        tell(
            f"csr-templates: warning: the oldest price is of {prices.date}. To ask AWS for the prices, run "
            "csr-templates cost --refresh."
        )
