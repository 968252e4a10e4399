"""``csr-templates cost``: what the built stacks cost in a month."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cfn_analysis.model.resolving import ResolveError
from cfn_analysis.model.wording import hint, series
from csr_templates.assembly import folder
from csr_templates.cli import folders
from csr_templates.cli.messages import FINE, FOUND, InputError, on_terminal, quantity, say, tell
from csr_templates.costs import prices as saved
from csr_templates.costs import report, usage
from csr_templates.costs.estimate import Estimate, estimate
from csr_templates.costs.prices import PricesError
from csr_templates.costs.usage import Usage, UsageError
from csr_templates.hand_over.built_folder import BuiltFolder, BuiltFolderError

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterator, Sequence

    from csr_templates.costs.prices import Prices

EXAMPLES: Final = ("prod --usage usage.json", "--refresh --region eu-west-1")


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "environments", nargs="*", metavar="ENVIRONMENT", help="name of an environment (default: all)"
    )
    folders.add_built(parser)
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
    asking = parser.add_argument_group("options for new prices")
    asking.add_argument(
        "--refresh",
        action="store_true",
        help="ask the Price List API of AWS for the prices, and write the file with the prices",
    )
    asking.add_argument(
        "--region",
        action="append",
        default=[],
        metavar="REGION",
        help="also ask for the prices of this region; can be repeated",
    )
    asking.add_argument(
        "--profile", metavar="NAME", help="profile of the AWS CLI (default: as for the AWS CLI)"
    )


def run(arguments: Namespace) -> int:
    """Print the report, or ask for new prices, and return the exit code."""
    if arguments.refresh:
        return _refresh(arguments)
    for option in ("profile", "region"):
        if getattr(arguments, option):
            raise InputError(f"--{option} is for --refresh. Add --refresh, or remove the option.")
    try:
        prices = saved.read(arguments.prices or saved.FILE)
        built = folders.read_built(arguments.out or folders.default_output())
        estimates = [*_estimates(arguments, built, prices)]
    except UsageError as error:
        raise InputError(f"{arguments.usage.as_posix()}: {error}") from error
    except (BuiltFolderError, PricesError, ResolveError) as error:
        raise InputError(str(error)) from error
    _warn_of_old(prices)
    make = {"text": report.as_text, "json": report.as_json, "markdown": report.as_markdown}
    say(make[arguments.format](estimates, prices.date))
    missing: set[tuple[str, str]] = set()
    for environment in estimates:
        missing.update((line.stack, line.resource) for line in environment.unpriced)
    if missing:
        resources = quantity(len(missing), "resource")
        tell(f"csr-templates: {resources} not priced, so the cost is higher than the sum.")
        stacks = {name for name, _ in missing}
        regions = dict.fromkeys(stack.region for stack in built.stacks if stack.name in stacks)
        _tell_of_regions([region for region in regions if not prices.has(region)], arguments.prices)
    return FOUND if missing else FINE


def _tell_of_regions(regions: Sequence[str], file: Path | None) -> None:
    """Say how to get the prices of regions of which none is saved."""
    if not regions:
        return
    command = "csr-templates cost --refresh" + "".join(f" --region {region}" for region in regions)
    then = ""
    if not file and not folders.checkout():  # a refresh does not write into an installed package
        file = Path("prices.json")
        then = f" Then add --prices {file} to this command."
    if file:
        command += f" --prices {file.as_posix()}"
    tell(f"No price of {series(regions)} is saved. To ask AWS for them, run {command}.{then}")


def _refresh(arguments: Namespace) -> int:
    """Write the prices of the Price List API, and show what changed; nothing is written with problems."""
    from csr_templates.account.errors import AccountError
    from csr_templates.account.session import Account
    from csr_templates.costs import refresh

    unused = {"ENVIRONMENT": arguments.environments, "--usage": arguments.usage, "--out": arguments.out}
    if names := [name for name, value in unused.items() if value]:
        raise InputError(f"--refresh only writes the prices, so {names[0]} has no effect. Remove it.")
    path = arguments.prices or saved.FILE
    if not arguments.prices and not folders.checkout():
        raise InputError(
            "--refresh does not write into an installed package. Specify a file for the prices with --prices."
        )
    show = on_terminal("Asked for the price of")
    try:
        prices = saved.read(path if path.exists() else saved.FILE)
        pricing = refresh.client(Account(arguments.profile).client)
        refreshed = refresh.refresh(
            prices, pricing, date.today(), arguments.region, show or (lambda *_: None)
        )
    except (AccountError, PricesError, refresh.RefreshError) as error:
        raise InputError(str(error)) from error
    for line in refreshed.changes:
        say(line)
    for place in refreshed.absent:
        say(f"{place}: not offered, so there is no price")
    if refreshed.problems:
        tell(
            *refreshed.problems,
            f"csr-templates: {path.as_posix()} was not changed. Correct the usage type, the unit or the "
            "filters of these items in the file.",
        )
        return FOUND
    try:
        folder.replace(path.resolve(), saved.as_json(refreshed.prices).encode())
    except OSError as error:
        raise InputError(f"Cannot write {path.as_posix()}: {error.strerror or error}.") from error
    changed = quantity(len(refreshed.changes), "price")
    say(f"{changed} changed, {refreshed.unchanged} did not. Wrote {path.as_posix()}.")
    return FINE


def _estimates(arguments: Namespace, built: BuiltFolder, prices: Prices) -> Iterator[Estimate]:
    environments = built.environments or {"": {}}
    for name in arguments.environments:
        if name not in environments:
            names = ", ".join(listed for listed in environments if listed) or "none"
            raise InputError(f"There is no environment {name}.{hint(name, environments)} There are: {names}.")
    used: dict[str, Usage] = {}
    if arguments.usage:
        used = _usage(arguments.usage, built)
    for name in dict.fromkeys(arguments.environments or environments):
        of_environment = estimate(name, built.stacks, environments[name], prices, used.get(name))
        _warn_of_unpaid(of_environment, used.get(name, {}))
        yield of_environment


def _warn_of_unpaid(of_environment: Estimate, used: Usage) -> None:
    """Name each amount of a usage file for which the stacks of an environment do not pay."""
    paid = {(usage.stack, usage.key) for usage in of_environment.by_usage}
    for stack, amounts in used.items():
        for key in amounts:
            if (stack, key) not in paid:
                place = f"{stack}.{key}"
                if of_environment.environment:
                    place = f"{of_environment.environment}.{place}"
                tell(
                    f"csr-templates: {place} is not in the sum: with these parameter values, the stack does "
                    "not pay this item."
                )


def _usage(path: Path, built: BuiltFolder) -> dict[str, Usage]:
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise InputError(f"Cannot read {path.as_posix()}: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise InputError(f"Cannot read {path.as_posix()}: it is not UTF-8.") from error
    stacks = [stack.name for stack in built.stacks]
    return usage.read(text, dict.fromkeys(built.environments or {"": {}}, stacks))


def _warn_of_old(prices: Prices) -> None:
    if (date.today() - prices.date).days > saved.OLDEST:
        tell(
            f"csr-templates: warning: the oldest price is of {prices.date}. To ask AWS for the prices, run "
            "csr-templates cost --refresh."
        )
