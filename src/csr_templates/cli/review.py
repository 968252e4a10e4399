"""``csr-templates review``: shows the effects of a deploy on the running system.

``cfn_analysis.reviewing.report.review`` does the review; the docstring of its package tells the steps.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cfn_analysis.model.escaping import for_terminal
from cfn_analysis.model.schemas import SchemasError
from cfn_analysis.reviewing import acceptance, digest, gate, markdown, reconcile, report, sides, text
from csr_templates.account.errors import AccountError
from csr_templates.cli import account_facts, folders, regions, sarif
from csr_templates.cli.messages import FINE, FOUND, InputError, quantity, say, tell
from csr_templates.costs import prices
from csr_templates.costs.changes import cost_notes
from csr_templates.costs.prices import PricesError
from csr_templates.hand_over import history, operator_policies, review_sides
from csr_templates.hand_over.bootstrap_changes import bootstrap_notes
from csr_templates.hand_over.built_folder import BuiltFolderError, read_parameters
from csr_templates.naming import PRODUCT
from csr_templates.preflight import (
    deployed_report,
    deployed_state,
    review_side,
)
from csr_templates.preflight.facts import FactsError
from csr_templates.preflight.resolved_environment import (
    ResolvedEnvironment,
    SelectionError,
    resolve_environment,
)
from csr_templates.preflight.services.account import CORRECT_ACCOUNT, account_of_parameters

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from cfn_analysis.reviewing.findings import Risk

COMMAND = f"{PRODUCT} review"
EXAMPLES: Final = (
    "--before v0.2.0 --format markdown",
    "--before deployed:prod",
    "--before old.yaml --after new.yaml --region eu-west-1",
    '--accept guard:api.Api5xxAlarm#Threshold --reason "Measured for a month"',
)
_MOST_ENTRIES = 3  # in a message
_DEPLOYED = "deployed:"


class _Compared(NamedTuple):
    """A review, with what its report needs.

    Attributes:
        review: the review.
        after: the state to be deployed.
        earlier: acceptances of an earlier change.
        deployed: what was read from the account; None if the earlier side is not the deployed state.
    """

    review: report.Review
    after: sides.Side
    earlier: Sequence[acceptance.Acceptance]
    deployed: Mapping[str, Any] | None = None


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "--before",
        metavar="REVISION|DIR|FILE|deployed:ENVIRONMENT",
        help="deployed state: an output folder, a template, a Git revision that contains the path of "
        "--after, or the stacks of an environment in the account (default: the commit at which the current "
        "branch left the main branch)",
    )
    parser.add_argument(
        "--after",
        type=Path,
        metavar="DIR|FILE",
        help="state to be deployed: an output folder or a template (default: out/ in the checkout, or ./out)",
    )
    parser.add_argument(
        "--environment",
        action="append",
        default=[],
        metavar="NAME",
        help="environment to review; can be repeated (default: all)",
    )
    _add_format_arguments(parser)
    parser.add_argument(
        "--accept",
        action="append",
        default=[],
        metavar="KIND[:STACK.ID[#PROPERTY]]",
        help="accept a risk in this run, or all risks of a kind; can be repeated. With --reason, it is "
        "accepted with the change",
    )
    parser.add_argument(
        "--reason",
        metavar="TEXT",
        help=f"why the risks of --accept are accepted: add them to {acceptance.FILE} in the parent folder of "
        "the output folder",
    )
    parser.add_argument(
        "--reconcile",
        type=Path,
        metavar="CHANGESET.json",
        help="compare the review with a change set (output of aws cloudformation describe-change-set) "
        "instead of printing it; exit with 1 if the change set contains more (formats: text, json)",
    )
    _add_template_arguments(parser)
    account_facts.add_arguments(parser.add_argument_group("options for --before deployed:ENVIRONMENT"))


def _add_format_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--format",
        choices=("text", "json", "markdown", "sarif"),
        default="text",
        help="format of the report; sarif also contains the lint findings of --after (default: text)",
    )
    parser.add_argument(
        "--link-base",
        default="",
        metavar="URL",
        help="for --format markdown: base URL of the files of this revision, such as "
        "https://github.com/OWNER/NAME/blob/COMMIT",
    )
    parser.add_argument(
        "--verbose",
        action="store_true",
        help="list each change that is not judged, or has an effect, with its values, also those of one kind",
    )


def _add_template_arguments(parser: ArgumentParser) -> None:
    templates = parser.add_argument_group("options for two templates")
    templates.add_argument(
        "--region",
        metavar="REGION",
        help=f"region of the templates (default: {regions.DEFAULT_IN_WORDS})",
    )
    for side in ("before", "after"):
        templates.add_argument(
            f"--parameters-{side}",
            type=Path,
            metavar="FILE",
            help=f"parameter values of --{side}: JSON as in out/parameters, or CloudFormation's array",
        )


def run(arguments: Namespace) -> int:
    """Print the report, and return the exit code."""
    try:
        compared = _compare(arguments)
        if arguments.reconcile:
            return _reconcile(compared.review, arguments)
        options = [acceptance.of_option(option, arguments.reason or "") for option in arguments.accept]
        review, ignored = gate.accept(
            compared.review,
            [*options, *compared.after.acceptances],
            compared.earlier,
            is_whole=not arguments.environment and compared.deployed is None,
        )
        notes = [*compared.review.notes, *cost_notes(review.environments, prices.read())]
        review = review._replace(notes=notes)
    except (
        AccountError,
        FactsError,
        SelectionError,
        PricesError,
        sides.ReviewError,
        history.HistoryError,
        acceptance.AcceptanceError,
        reconcile.ReconcileError,
        BuiltFolderError,
        SchemasError,
    ) as error:
        raise InputError(str(error)) from error
    if arguments.format == "sarif":
        say(sarif.document(compared.after, review))
    else:
        is_coloured = arguments.format == "text" and _takes_colour()
        printed = _printed(review, ignored, compared.deployed, arguments)
        if is_coloured:
            printed = text.coloured(printed)
        say(printed, is_coloured=is_coloured)
    if ignored:
        tell(*ignored)
    if arguments.reason:
        _add_entries(compared, review, options, arguments.reason)
    not_accepted = [risk for risk in review.risks if not risk.accepted]
    if not_accepted:
        _tell_open_risks(review, not_accepted)
        return FOUND
    return FINE


def _add_entries(
    compared: _Compared,
    review: report.Review,
    options: Sequence[acceptance.Acceptance],
    reason: str,
) -> None:
    """Add the risks that the options accept to the file beside the output folder, unless they are in it."""
    accepted = [risk for risk in review.risks if _is_accepted(risk, options)]
    entries = acceptance.entries_of(accepted, reason)
    listed = {entry.key for entry in compared.after.acceptances}
    new = [entry for entry in entries if acceptance.of_entry(entry).key not in listed]
    if compared.after.root is None or not new:
        return
    file = compared.after.root / acceptance.FILE
    try:
        data = file.read_bytes() if file.exists() else None
        file.write_text(acceptance.extended(data, acceptance.FILE, new), "utf-8")
    except OSError as error:
        raise InputError(f"Cannot write {file.as_posix()}: {error.strerror or error}.") from error
    places = ", ".join(acceptance.of_entry(entry).place for entry in new)
    tell(f"csr-templates: added to {folders.short_path(file).as_posix()}: {places}. Commit the file.")


def _is_accepted(risk: Risk, options: Sequence[acceptance.Acceptance]) -> bool:
    return any(option.accepts(risk) for option in options)


def _tell_open_risks(review: report.Review, not_accepted: Sequence[Risk]) -> None:
    """Print how many risks are not accepted, and the entries that would accept them."""
    names = [environment.name for environment in review.environments]
    number = digest.number_of_risks(digest.risk_groups(not_accepted, names))
    entries = acceptance.entries_of(not_accepted, "WHY IT IS INTENDED")
    shown = json.dumps(entries[:_MOST_ENTRIES], indent=2)  # in ASCII, also on a terminal
    more = len(entries) - _MOST_ENTRIES
    rest = ""
    if more > 0:
        rest = f"\nand {more} more"
    tell(
        f"csr-templates: {quantity(number, 'risk')} not accepted. Change the template, or accept intended "
        f"risks: add the entry to {acceptance.FILE}, or let --accept KIND:STACK.ID#PROPERTY --reason TEXT "
        f"add it.\n{shown}{rest}"
    )


def _compare(arguments: Namespace) -> _Compared:
    _check_options(arguments)
    if (arguments.before or "").startswith(_DEPLOYED):
        return _compare_deployed(arguments, arguments.before.removeprefix(_DEPLOYED))
    for option in ("facts", "save_facts", "profile"):
        if getattr(arguments, option):
            raise InputError(
                f"--{option.replace('_', '-')} is for --before deployed:ENVIRONMENT. Remove the option."
            )
    before, after = _sides(arguments)
    old = () if before.root == after.root else before.acceptances
    review = report.review(before, after, arguments.environment)
    notes = [*review.notes, *bootstrap_notes(before, after)]
    return _Compared(review._replace(notes=notes), after, old)


def _check_options(arguments: Namespace) -> None:
    if arguments.before == "":  # usually an unset variable
        raise InputError(
            "The value of --before is empty. Specify a folder, a template, a revision or "
            "deployed:ENVIRONMENT, or remove the option."
        )
    if arguments.reason is not None and not (arguments.reason.strip() and arguments.accept):
        raise InputError("--reason states why a risk is accepted. Add --accept and a reason, or remove it.")
    if arguments.reason and (arguments.after or folders.default_output()).is_file():
        raise InputError(
            f"--reason adds the risk to {acceptance.FILE} beside an output folder, but --after is a "
            "template. Remove the option."
        )
    if arguments.link_base and arguments.format != "markdown":
        raise InputError("--link-base is for --format markdown. Add the format, or remove the option.")
    if arguments.link_base and not arguments.link_base.startswith(("https://", "http://")):
        raise InputError(
            f"--link-base: found {arguments.link_base!r}. Specify a URL that starts with https:// or http://."
        )


def _compare_deployed(arguments: Namespace, name: str) -> _Compared:
    if not name:
        raise InputError(f"--before {_DEPLOYED} has no environment. Specify one: --before {_DEPLOYED}NAME.")
    _refuse_template_options(arguments, f", not for --before {arguments.before}")
    if arguments.environment not in ([], [name]):
        raise InputError(f"--before {arguments.before} reviews only {name}. Remove --environment.")
    path = arguments.after or folders.default_output()
    if path.is_file():
        raise InputError(f"--before {arguments.before} needs an output folder. Specify it with --after.")
    folder = folders.read_built(path)

    # The values do not matter here: the review takes those of the deployed stacks.
    per_deploy = {}
    for stack in folder.stacks:
        for parameter in stack.per_deploy:
            per_deploy[parameter] = stack.default(parameter) or "-"

    def environment_of(account: str) -> ResolvedEnvironment:
        return resolve_environment(folder, name, account, per_deploy=per_deploy, path=path.as_posix())

    environment, facts = account_facts.obtain(
        arguments, operator_policies.DEPLOYED, deployed_state.missing_calls, environment_of
    )
    if sentence := account_of_parameters(environment):
        raise InputError(f"{sentence} {CORRECT_ACCOUNT}")
    after = review_sides.folder(path)
    state = deployed_state.read(environment, facts)
    review = review_side.review(state, after)
    document = deployed_report.as_json(state, after)
    return _Compared(review._replace(notes=deployed_report.notes(state)), after, (), document)


def _printed(
    review: report.Review, ignored: Sequence[str], deployed: Mapping[str, Any] | None, arguments: Namespace
) -> str:
    paragraphs: list[list[str]] = []
    if deployed is not None:
        paragraphs = deployed_report.paragraphs(deployed)
    match arguments.format:
        case "json":
            document = report.document(review)
            if deployed is not None:
                document["deployed"] = deployed
            return json.dumps(document, indent=2)
        case "markdown":
            notes = [*("; ".join(paragraph) for paragraph in paragraphs), *ignored]
            link_base, verbose = arguments.link_base, arguments.verbose
            return markdown.as_markdown(review, link_base, notes, command=COMMAND, verbose=verbose)
    report_as_text = text.as_text(review, verbose=arguments.verbose)
    if not paragraphs:
        return report_as_text
    above = "".join(_printed_paragraph(paragraph) for paragraph in paragraphs)
    return f"{above}\n{report_as_text}"


def _printed_paragraph(lines: Sequence[str]) -> str:
    """Return lines for a terminal, all but the first indented."""
    return "\n  ".join(for_terminal(line) for line in lines) + "\n"


def _reconcile(review: report.Review, arguments: Namespace) -> int:
    if arguments.format not in ("text", "json"):
        raise InputError(f"--reconcile does not have the format {arguments.format}. Use text or json.")
    path = arguments.reconcile
    answer = reconcile.read(_content(path), path.as_posix())
    compared = reconcile.reconcile(review, answer)
    if arguments.format == "json":
        say(reconcile.as_json(compared))
    else:
        say(reconcile.as_text(compared))
    return FOUND if compared.missed else FINE


def _takes_colour() -> bool:
    """Return whether standard output is a terminal that shows colour (https://no-color.org/)."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return sys.stdout.isatty()


def _sides(arguments: Namespace) -> tuple[sides.Side, sides.Side]:
    after = arguments.after or folders.default_output()
    if not after.exists():
        raise InputError(
            f"{after.as_posix()} does not exist. Build first, or specify an output folder or a template with "
            "--after."
        )
    if after.is_file():
        return _templates(arguments, after)
    _refuse_template_options(arguments, f", but {after.as_posix()} is a folder with a manifest")
    if arguments.before is None:
        revision = history.base(after)
        return review_sides.revision(after, revision.name[:12], revision), review_sides.folder(after)
    if (path := Path(arguments.before)).is_dir():
        return review_sides.folder(path), review_sides.folder(after)
    if path.is_file():
        raise InputError(
            f"{arguments.before} is a file, but {after.as_posix()} is a folder. Specify two "
            "output folders or two templates."
        )
    revision = history.Revision(after, arguments.before)
    return review_sides.revision(after, arguments.before, revision), review_sides.folder(after)


def _refuse_template_options(arguments: Namespace, reason: str) -> None:
    for option in ("region", "parameters_before", "parameters_after"):
        if getattr(arguments, option) is not None:
            raise InputError(f"--{option.replace('_', '-')} is for two templates{reason}. Remove the option.")


def _templates(arguments: Namespace, after: Path) -> tuple[sides.Side, sides.Side]:
    if arguments.environment:
        raise InputError("--environment is for output folders, not for single templates. Remove the option.")
    region = _region(arguments, after)
    name = after.stem
    values_files = (arguments.parameters_before, arguments.parameters_after)
    values = [_parameters(path) for path in values_files]
    shown = [path.as_posix() if path else "" for path in values_files]
    if arguments.before and Path(arguments.before).is_file():
        where, data = arguments.before, _content(Path(arguments.before))
    elif arguments.before and Path(arguments.before).is_dir():
        raise InputError(
            f"{arguments.before} is a folder, but {after.as_posix()} is a file. Specify two "
            "output folders or two templates."
        )
    else:
        revision = history.Revision(after, arguments.before) if arguments.before else history.base(after)
        where = f"{after.as_posix()} of {revision.name[:12]}"
        try:
            data = revision.read(after)
        except OSError as error:
            raise InputError(f"{where} does not exist. Specify a template: --before FILE.") from error
    return (
        sides.template(data, region, values[0], name, name=where, values_file=shown[0]),
        sides.template(_content(after), region, values[1], name, name=after.as_posix(), values_file=shown[1]),
    )


def _region(arguments: Namespace, after: Path) -> str:
    if arguments.region:
        return str(arguments.region)
    listed = regions.in_manifest(after)
    if not listed:
        tell(regions.assumed([after], "reviewed"))
    return listed or regions.DEFAULT


def _parameters(path: Path | None) -> Mapping[str, str]:
    if path is None:
        return {}
    try:
        return read_parameters(_content(path).decode("utf-8-sig"), path.as_posix())
    except UnicodeDecodeError as error:
        raise InputError(f"Cannot read {path.as_posix()}: it is not UTF-8. Save it as UTF-8.") from error


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"Cannot read {path.as_posix()}: {error.strerror or error}.") from error
