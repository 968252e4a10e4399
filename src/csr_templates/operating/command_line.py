"""``csr-operate ENVIRONMENT COMMAND``: the table of the commands, their arguments, help and exit status.

The name of a function is that of its command, its parameters are the arguments, its docstring is the help.
"""

from __future__ import annotations

import argparse
import inspect
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, get_args, get_origin, get_type_hints

from cfn_analysis.model.wording import hint
from csr_templates.account import errors
from csr_templates.account.errors import AccountError
from csr_templates.account.printed_calls import DryRunEndedError
from csr_templates.account.session import Account
from csr_templates.naming import VERSION
from csr_templates.operating import (
    alarms,
    api,
    blocked_addresses,
    callers,
    concurrency,
    database,
    deletions,
    deploys,
    environment,
    failed_creates,
    failures,
    imports,
    keys,
    logs,
    network,
    origin_keys,
    passwords,
    protection,
    recovering,
    releases,
    restoring,
    secret_checks,
    site,
    state,
    waits,
    words,
)
from csr_templates.operating.aws import PROGRAM, Aws, CommandGroup
from csr_templates.operating.problems import NoAnswer, Stop, StoppedWaiting, WrongInput

FINE: Final = 0
FAILED: Final = 1
WRONG: Final = 2
INTERRUPTED: Final = 130  # as a shell reports SIGINT

_SECTIONS: Final = ("Args", "Example", "Calls", "Takes", "Way back")
_SECTION: Final = re.compile(rf"^({'|'.join(_SECTIONS)}):(?: |$)", re.MULTILINE)
_NAME_WIDTH: Final = 28  # characters of a name in the list
_WIDTH: Final = 100  # columns of the help, as that of csr-templates
_HELP: Final = partial(argparse.RawDescriptionHelpFormatter, width=_WIDTH)

_EXIT_STATUS: Final = """\
exit status of every command:
  0    the effect was seen; with --no-wait, AWS has accepted it; also a dry run
  1    AWS or the state of the environment does not allow it, it failed or took too long, or
       something could not be read
  2    bad input: an unknown environment, command or option, or an output folder that cannot be read
  130  interrupted (Ctrl-C)
"""


class Command(NamedTuple):
    """A command.

    Attributes:
        function: runs it.
        group: what it does to the environment.
        is_on_call: whether the policy of the person on call allows it.
        without_stacks: whether it also works before the first deploy, or after a loss.
        is_waiting: whether it waits for its effect at its end, so that ``--no-wait`` is an option.
        not_read_back: why its last call is not a read of what it changed; empty if it is one.
    """

    function: Callable[..., None]
    group: CommandGroup
    is_on_call: bool = False
    without_stacks: bool = False
    is_waiting: bool = False
    not_read_back: str = ""

    @property
    def name(self) -> str:
        """The name that is typed."""
        return self.function.__name__.replace("_", "-")

    @property
    def summary(self) -> str:
        """The sentence of the list: the first line of the docstring."""
        return _sections(self.function)[""].splitlines()[0]


COMMANDS: Final = (
    Command(state.show_state, CommandGroup.READS, is_on_call=True),
    Command(state.show_stacks, CommandGroup.READS, is_on_call=True, without_stacks=True),
    Command(state.show_releases, CommandGroup.READS, is_on_call=True),
    Command(state.show_addresses, CommandGroup.READS),
    Command(state.show_deleted_stacks, CommandGroup.READS, without_stacks=True),
    Command(state.find_drift, CommandGroup.READS),
    Command(waits.wait, CommandGroup.READS, is_on_call=True, without_stacks=True),
    Command(deploys.show_changes, CommandGroup.READS, is_on_call=True),
    Command(failures.why_failed, CommandGroup.READS, is_on_call=True),
    Command(logs.search_log, CommandGroup.READS, is_on_call=True),
    Command(logs.show_errors, CommandGroup.READS, is_on_call=True),
    Command(logs.show_rejected_traffic, CommandGroup.READS),
    Command(logs.show_log_ages, CommandGroup.READS, is_on_call=True),
    Command(logs.show_slow_queries, CommandGroup.READS, is_on_call=True),
    Command(logs.show_key_users, CommandGroup.READS, is_on_call=True),
    Command(site.download_site, CommandGroup.READS, is_on_call=True),
    Command(site.who_answers, CommandGroup.READS, is_on_call=True),
    Command(api.show_quota, CommandGroup.READS, is_on_call=True),
    Command(api.call_api, CommandGroup.READS, is_on_call=True),
    Command(concurrency.show_concurrency, CommandGroup.READS, is_on_call=True),
    Command(callers.show_callers, CommandGroup.READS, is_on_call=True),
    Command(callers.show_rate_limited, CommandGroup.READS, is_on_call=True),
    Command(callers.show_blocked_requests, CommandGroup.READS, is_on_call=True),
    Command(blocked_addresses.show_blocked_addresses, CommandGroup.READS, is_on_call=True),
    Command(blocked_addresses.save_addresses, CommandGroup.READS, is_on_call=True),
    Command(database.show_database, CommandGroup.READS, is_on_call=True),
    Command(database.show_backups, CommandGroup.READS, without_stacks=True),
    Command(deletions.show_delete_policies, CommandGroup.READS, without_stacks=True),
    Command(deletions.show_leftovers, CommandGroup.READS, without_stacks=True),
    Command(network.show_network, CommandGroup.READS, is_on_call=True),
    Command(keys.show_keys, CommandGroup.READS, is_on_call=True, without_stacks=True),
    Command(origin_keys.show_origin_keys, CommandGroup.READS, is_on_call=True),
    Command(secret_checks.check_secrets, CommandGroup.READS),
    Command(secret_checks.show_secret_readers, CommandGroup.READS, without_stacks=True),
    Command(releases.upload_package, CommandGroup.CHANGES),
    Command(deploys.plan_deploy, CommandGroup.CHANGES, is_on_call=True, without_stacks=True),
    Command(deploys.run_changes, CommandGroup.CHANGES, is_on_call=True, is_waiting=True),
    Command(deploys.cancel_update, CommandGroup.CHANGES, is_on_call=True, is_waiting=True),
    Command(deploys.continue_rollback, CommandGroup.CHANGES, is_on_call=True, is_waiting=True),
    Command(protection.protect, CommandGroup.CHANGES),
    Command(api.roll_back, CommandGroup.CHANGES, is_on_call=True, is_waiting=True),
    Command(api.stop_api, CommandGroup.CHANGES, is_on_call=True),
    Command(api.start_api, CommandGroup.CHANGES, is_on_call=True),
    Command(api.repair_alias, CommandGroup.CHANGES, is_on_call=True, is_waiting=True),
    Command(
        api.flush_api_cache,
        CommandGroup.CHANGES,
        is_on_call=True,
        not_read_back="no operation shows the content of the cache",
    ),
    Command(api.set_remaining_requests, CommandGroup.CHANGES, is_on_call=True),
    Command(api.receive_dead_letter, CommandGroup.CHANGES, is_on_call=True),
    Command(concurrency.set_concurrency, CommandGroup.CHANGES, is_on_call=True),
    Command(concurrency.reset_concurrency, CommandGroup.CHANGES, is_on_call=True),
    Command(concurrency.set_provisioned_concurrency, CommandGroup.CHANGES, is_on_call=True, is_waiting=True),
    Command(site.upload_site, CommandGroup.CHANGES, is_on_call=True, is_waiting=True),
    Command(site.invalidate, CommandGroup.CHANGES, is_on_call=True, is_waiting=True),
    Command(callers.count_rule, CommandGroup.CHANGES, is_on_call=True, is_waiting=True),
    Command(callers.block_rule, CommandGroup.CHANGES, is_on_call=True, is_waiting=True),
    Command(blocked_addresses.block_address, CommandGroup.CHANGES, is_on_call=True, is_waiting=True),
    Command(blocked_addresses.unblock_address, CommandGroup.CHANGES, is_on_call=True, is_waiting=True),
    Command(passwords.repeat_password, CommandGroup.CHANGES, is_waiting=True),
    Command(database.fail_over, CommandGroup.CHANGES, is_on_call=True, is_waiting=True),
    Command(database.start_database, CommandGroup.CHANGES, is_on_call=True, is_waiting=True),
    Command(database.restart_instance, CommandGroup.CHANGES, is_on_call=True, is_waiting=True),
    Command(database.take_snapshot, CommandGroup.CHANGES, is_waiting=True),
    Command(restoring.restore_cluster, CommandGroup.CHANGES, is_waiting=True),
    Command(restoring.create_instances, CommandGroup.CHANGES, is_waiting=True),
    Command(recovering.deploy_before_restore, CommandGroup.CHANGES),
    Command(recovering.add_check_instance, CommandGroup.CHANGES),
    Command(recovering.end_recovery, CommandGroup.CHANGES),
    Command(alarms.subscribe, CommandGroup.CHANGES),
    Command(alarms.confirm_subscription, CommandGroup.CHANGES),
    Command(
        alarms.test_topics,
        CommandGroup.CHANGES,
        not_read_back="the message is at a person, whom no operation shows",
    ),
    Command(alarms.test_alarm, CommandGroup.CHANGES),
    Command(alarms.mute_alarms, CommandGroup.CHANGES, is_on_call=True, is_waiting=True),
    Command(alarms.unmute_alarms, CommandGroup.CHANGES, is_on_call=True, is_waiting=True),
    Command(network.reroute_zone, CommandGroup.CHANGES, is_on_call=True, is_waiting=True),
    Command(keys.enable_key, CommandGroup.CHANGES, is_on_call=True, without_stacks=True, is_waiting=True),
    Command(origin_keys.replicate_origin_key, CommandGroup.CHANGES, is_on_call=True),
    Command(imports.plan_import, CommandGroup.CHANGES, without_stacks=True),
    Command(imports.run_import, CommandGroup.CHANGES),
    Command(imports.delete_import, CommandGroup.CHANGES),
    Command(site.delete_old_files, CommandGroup.DELETES),
    Command(api.delete_old_versions, CommandGroup.DELETES),
    Command(blocked_addresses.replace_addresses, CommandGroup.DELETES, is_on_call=True, is_waiting=True),
    Command(failed_creates.delete_failed_create, CommandGroup.DELETES),
    Command(passwords.new_password, CommandGroup.DELETES, is_waiting=True),
    Command(passwords.restore_password, CommandGroup.DELETES, is_waiting=True),
    Command(database.disable_deletion_protection, CommandGroup.DELETES, is_waiting=True),
    Command(restoring.use_restored_cluster, CommandGroup.DELETES),
    Command(restoring.delete_spare_cluster, CommandGroup.DELETES),
    Command(recovering.remove_check_instance, CommandGroup.DELETES, is_waiting=True),
    Command(recovering.delete_wrong_restore, CommandGroup.DELETES),
    Command(deletions.finish_deletion, CommandGroup.DELETES),
    Command(origin_keys.new_origin_key, CommandGroup.DELETES, is_waiting=True),
)
"""All commands, in the order of the groups in the help."""


def main(arguments: Sequence[str]) -> int:
    """Run one command, and return the exit status.

    ``_EXIT_STATUS`` lists them.
    """
    try:
        return _main(arguments)
    except WrongInput as error:
        words.tell(f"{PROGRAM}: {error}")
        return WRONG
    except AccountError as error:
        words.tell(f"{PROGRAM}: {error}")
        return FAILED
    except KeyboardInterrupt:
        words.tell("Stopped before anything was called.")
        return INTERRUPTED


def command(name: str) -> Command:
    """Return a command.

    Raises:
        WrongInput: there is no such command.
    """
    commands = {each.name: each for each in COMMANDS}
    if name not in commands:
        raise WrongInput(f"There is no command {name}.{hint(name, commands)} {PROGRAM} --help lists them.")
    return commands[name]


def _main(arguments: Sequence[str]) -> int:
    if not arguments or arguments[0] in ("-h", "--help"):
        print(help_of_all(), end="")
        return FINE if arguments else WRONG
    if arguments[0] == "--version":
        print(f"{PROGRAM} {VERSION}")
        return FINE
    if arguments[0].startswith("-") or arguments[0] in {each.name for each in COMMANDS}:
        raise WrongInput(
            f"{arguments[0]} is given in place of the environment: {PROGRAM} ENVIRONMENT COMMAND. Options "
            "come after the command."
        )
    if len(arguments) == 1 or arguments[1] in ("-h", "--help"):
        print(help_of_all(arguments[0]), end="")
        return FINE if len(arguments) > 1 else WRONG
    chosen = command(arguments[1])
    options = vars(_parser(chosen, arguments[0]).parse_intermixed_args(arguments[2:]))
    confirmed = options.pop("confirm", None)
    if confirmed is not None and words.is_terminal():
        raise WrongInput(
            "--confirm is only for scripts, because a pasted line would confirm itself. On a terminal, type "
            "the name when you are asked."
        )
    folder = environment.read(options.pop("out"), arguments[0])
    account = Account(options.pop("profile"))
    aws = Aws(
        folder,
        account,
        chosen.group,
        is_dry_run=options.pop("dry_run", False),
        confirmed=confirmed,
        is_waiting=not options.pop("no_wait", False),
    )
    try:
        return _run(chosen, aws, options)
    finally:
        account.close()


def _run(chosen: Command, aws: Aws, options: dict[str, Any]) -> int:
    try:
        aws.open(without_stacks=chosen.without_stacks)
        chosen.function(aws, *_positional(chosen.function, options), **options)
    except (Stop, WrongInput) as error:
        words.tell(str(error))
        _tell_what_was_done(chosen, aws)
        if isinstance(error, WrongInput):
            return WRONG
        return FAILED
    except errors.call_errors() as error:
        failure = errors.failure(error)
        words.tell(errors.in_words(failure, aws.last_call))
        _tell_what_was_done(chosen, aws, is_unknown=failure.code in errors.UNREACHABLE)
        return FAILED
    except NoAnswer as error:
        words.tell(str(error))
        return FAILED
    except StoppedWaiting as error:
        words.tell(str(error))
        return INTERRUPTED
    except KeyboardInterrupt:
        words.tell(f"Stopped by Ctrl-C, at or after {aws.last_call}.")
        _tell_what_was_done(chosen, aws, is_unknown=True)
        return INTERRUPTED
    except DryRunEndedError as error:
        words.say(str(error))
        return FINE
    if aws.is_dry_run:
        words.say("Dry run: nothing was changed.")
    if not aws.unknown:
        return FINE
    for why in aws.unknown:
        words.tell(why)
    return FAILED


def _tell_what_was_done(chosen: Command, aws: Aws, *, is_unknown: bool = False) -> None:
    """Say what a stopped command has done, and how to go on.

    Args:
        chosen: the command.
        aws: the account.
        is_unknown: whether AWS may have received a call that it has not answered.
    """
    if chosen.group is CommandGroup.READS:
        return
    unanswered = aws.unanswered if is_unknown else ()
    for call in dict.fromkeys(unanswered):
        words.tell(f"It is not known whether AWS received {call}.")
    for call in dict.fromkeys(aws.unclear):
        words.tell(f"AWS may have carried out {call}: an attempt of it had no clear answer.")
    if not aws.made and not unanswered and not aws.unclear:
        words.tell("Nothing was changed.")
        return
    if aws.made:
        words.tell(f"Done before it stopped: {', '.join(dict.fromkeys(aws.made))}.")
    words.tell(f"Continue with: {aws.way_on or 'the same command again'}")


# ---- Arguments ----


def _parser(chosen: Command, environment_name: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=f"{PROGRAM} {environment_name} {chosen.name}",
        description=_description(chosen),
        epilog=f"example:\n  {PROGRAM} {environment_name} {_example(chosen)}",
        formatter_class=_HELP,
        allow_abbrev=False,
    )
    helps = _argument_helps(_sections(chosen.function).get("Args", ""))
    for parameter, annotation in _parameters(chosen.function):
        _add(parser, parameter, annotation, helps.get(parameter.name, ""))
    if chosen.group is not CommandGroup.READS:
        parser.add_argument(
            "--dry-run", action="store_true", help="only print the calls that change something"
        )
    if chosen.is_waiting:
        parser.add_argument(
            "--no-wait", action="store_true", help="end when AWS has accepted it, without the effect"
        )
    if chosen.group is CommandGroup.DELETES:
        parser.add_argument(
            "--confirm", metavar="NAME", help="the name that would be typed; only where there is no terminal"
        )
    parser.add_argument(
        "--out", type=Path, default=Path("out"), metavar="DIR", help="output folder (default: out)"
    )
    parser.add_argument(
        "--profile", metavar="NAME", help="profile of the AWS CLI (default: as for the AWS CLI)"
    )
    return parser


def _parameters(function: Callable[..., None]) -> Iterator[tuple[inspect.Parameter, Any]]:
    """Yield the parameters of a command, but for the account, with their types."""
    hints = get_type_hints(function)
    for parameter in list(inspect.signature(function).parameters.values())[1:]:
        yield parameter, hints[parameter.name]


def _add(parser: argparse.ArgumentParser, parameter: inspect.Parameter, annotation: Any, text: str) -> None:
    """Declare an argument: a keyword is an option, ``*`` takes several, a default makes it optional."""
    is_option = parameter.kind is inspect.Parameter.KEYWORD_ONLY
    name = parameter.name
    if is_option:
        name = f"--{parameter.name.replace('_', '-')}"
    if annotation is bool:
        parser.add_argument(name, action="store_true", help=text)
        return
    settings: dict[str, Any] = {"help": text}
    if get_origin(annotation) is Literal:
        settings["choices"] = get_args(annotation)
    else:
        settings["metavar"] = parameter.name.upper()
        settings["type"] = _whole_number if annotation is int else annotation
    if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
        settings["nargs"] = "*"
    elif parameter.default is not inspect.Parameter.empty:
        settings["default"] = parameter.default
        if not is_option:
            settings["nargs"] = "?"
    parser.add_argument(name, **settings)


def _positional(function: Callable[..., None], options: dict[str, Any]) -> list[Any]:
    """Take the values of the positional parameters out of the options, in their order."""
    values: list[Any] = []
    for parameter, _ in _parameters(function):
        if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
            values += options.pop(parameter.name)
        elif parameter.kind is not inspect.Parameter.KEYWORD_ONLY:
            values.append(options.pop(parameter.name))
    return values


def _whole_number(text: str) -> int:
    if not re.fullmatch(r"0|[1-9][0-9]{0,17}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number such as 12.")
    return int(text)


# ---- Help ----


def help_of_all(environment_name: str = "ENVIRONMENT") -> str:
    """Return the list of the commands in three groups, and the exit status."""
    lines = [
        f"usage: {PROGRAM} {environment_name} COMMAND [ARGUMENT ...]",
        "",
        "The operators' commands for an environment of the output folder, which is out or --out DIR.",
        f"{PROGRAM} {environment_name} COMMAND --help shows arguments, calls, time, and the way back.",
    ]
    for group in CommandGroup:
        lines += ["", f"{group.value}:"]
        lines += [_line_of(each) for each in COMMANDS if each.group is group]
    return "\n".join(lines) + f"\n\n{_EXIT_STATUS}"


def _line_of(chosen: Command) -> str:
    return _filled(f"  {chosen.name:<{_NAME_WIDTH}}{chosen.summary}", _NAME_WIDTH + 2)


def _description(chosen: Command) -> str:
    """Return what a command does, and its calls, time and way back."""
    sections = _sections(chosen.function)
    paragraphs = f"({chosen.group.value}) {sections['']}".split("\n\n")
    lines = ["\n\n".join(_filled(paragraph) for paragraph in paragraphs), ""]
    titles = [title for title in ("Calls", "Takes", "Way back") if title in sections]
    lines += [_filled(f"{title}: {sections[title]}", 4) for title in titles]
    return "\n".join(lines)


def _filled(text: str, indent: int = 0) -> str:
    """Return a paragraph that fits the width, with its further lines indented."""
    name = text[:indent]  # its spaces are kept
    words_of_text = " ".join(text[indent:].split())
    return textwrap.fill(
        name + words_of_text,
        _WIDTH,
        subsequent_indent=" " * indent,
        break_on_hyphens=False,
        break_long_words=False,
    )


def _example(chosen: Command) -> str:
    """Return the words of an example; a command without an example in its docstring needs no argument."""
    return _sections(chosen.function).get("Example", chosen.name)


def _sections(function: Callable[..., None]) -> Mapping[str, str]:
    """Return the text of a docstring by the titles of its sections; the first part has none."""
    text = inspect.getdoc(function) or ""
    pieces = _SECTION.split(text)
    titles = ["", *pieces[1::2]]
    return {title: piece.strip() for title, piece in zip(titles, pieces[::2], strict=True)}


def _argument_helps(section: str) -> dict[str, str]:
    """Return the sentences of the section ``Args``, by argument."""
    helps = re.findall(r"^ *(\w+): (.*(?:\n {8,}.*)*)", section, re.MULTILINE)
    return {name: " ".join(text.split()) for name, text in helps}
