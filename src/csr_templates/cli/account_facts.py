"""The facts of a command that reads an account: asks for them, saves them, or reads saved ones."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from csr_templates.account.session import require_account
from csr_templates.cli.messages import InputError, tell
from csr_templates.preflight import facts as saved
from csr_templates.preflight.checked_account import CheckedAccount, collect

if TYPE_CHECKING:
    from argparse import Namespace, _ActionsContainer
    from collections.abc import Callable, Sequence
    from typing import TypeAlias

    from csr_templates.preflight.checked_account import Missing
    from csr_templates.preflight.facts import Facts
    from csr_templates.preflight.resolved_environment import ResolvedEnvironment

    Detect: TypeAlias = Callable[
        [CheckedAccount, ResolvedEnvironment, Facts, Callable[[Sequence[str], float], None]], None
    ]

PATIENCE: Final = 1.0  # seconds before progress is shown on a terminal
_ANY_ACCOUNT: Final = "123456789012"


def add_arguments(parser: _ActionsContainer) -> None:
    """Declare the options for facts."""
    parser.add_argument(
        "--profile", metavar="NAME", help="profile of the AWS CLI (default: as for the AWS CLI)"
    )
    parser.add_argument(
        "--save-facts", type=Path, metavar="FILE", help="write the responses of AWS to this file"
    )
    parser.add_argument(
        "--facts",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="use a file of --save-facts instead of calling AWS; can be repeated",
    )


def obtain(
    arguments: Namespace,
    policy: str,
    missing: Missing,
    environment_of: Callable[[str], ResolvedEnvironment],
    detect: Detect | None = None,
) -> tuple[ResolvedEnvironment, Facts]:
    """Return the environment and the facts: of saved files, or of the account after all calls.

    ``missing`` returns the calls whose answers the command needs and the facts do not contain. ``detect``
    adds what has to be started and takes minutes; it is given what shows its progress.

    Raises:
        AccountError: AWS cannot be called, or it is not the account that the parameter files state.
        DetectionStoppedError: ``detect`` was interrupted.
        FactsError: a file does not contain facts of this environment.
        InputError: the options contradict each other, or a file cannot be read or written.
    """
    for option in ("save_facts", "profile"):
        if arguments.facts and getattr(arguments, option):
            raise InputError(
                f"--facts does not call AWS, so --{option.replace('_', '-')} has no effect. Remove one."
            )
    expected = environment_of(_ANY_ACCOUNT)  # report wrong options before AWS is called
    if arguments.facts:
        facts = _saved_facts(arguments.facts, policy)
        facts.require(expected.project, expected.name)
        require_account(expected.name, expected.stated_account, facts.account)
        return environment_of(facts.account), facts
    if (path := arguments.save_facts) and not path.parent.is_dir():
        raise InputError(
            f"Cannot write {path.as_posix()}: the folder {path.parent.as_posix()} does not exist. Create it, "
            "or specify another file."
        )
    account = CheckedAccount(arguments.profile)
    progress = _Progress()
    try:
        facts = account.start(expected.project, expected.name, policy)
        require_account(expected.name, expected.stated_account, facts.account)
        environment = environment_of(facts.account)
        if detect is not None:
            detect(account, environment, facts, progress.show_running)
        collect(account, environment, facts, missing, progress.show)
    finally:
        progress.clear()
        account.close()
    if arguments.save_facts:
        _write(arguments.save_facts, saved.as_json(facts))
    return environment, facts


def _saved_facts(paths: Sequence[Path], policy: str) -> Facts:
    facts = [saved.from_json(_content(path), path.as_posix(), policy) for path in paths]
    joined = facts[0]
    for path, of_file in zip(paths[1:], facts[1:], strict=True):
        joined = joined.joined(of_file, path.as_posix())
    return joined


def _content(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise InputError(
            f"Cannot read {path.as_posix()}: {error.strerror}. Specify a file that --save-facts wrote."
        ) from error
    except UnicodeDecodeError as error:
        raise InputError(
            f"Cannot read {path.as_posix()}: it is not UTF-8. Specify a file that --save-facts wrote."
        ) from error


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8", newline="\n")
    except OSError as error:
        raise InputError(f"Cannot write {path.as_posix()}: {error.strerror or error}.") from error


class _Progress:
    """Shows the progress on a terminal after one second."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._is_terminal = sys.stderr is not None and sys.stderr.isatty()
        self._width = 0
        self._minutes = 0

    def show(self, done: int, total: int) -> None:
        if self._is_terminal and time.monotonic() - self._started >= PATIENCE:
            self._print(f"{done} of {total} calls completed")

    def show_running(self, names: Sequence[str], seconds: float) -> None:
        """Show what runs, on a terminal always, and otherwise each minute."""
        minutes, rest = divmod(int(seconds), 60)
        text = f"drift detection runs for {minutes} min {rest:02} s: {', '.join(names)}"
        if self._is_terminal:
            self._print(text)
        elif minutes >= self._minutes:
            tell(text)
            self._minutes = minutes + 1

    def _print(self, text: str) -> None:
        print(f"\r{text:{self._width}}", end="", file=sys.stderr, flush=True)
        self._width = len(text)

    def clear(self) -> None:
        if self._width:
            print(f"\r{'':{self._width}}\r", end="", file=sys.stderr, flush=True)
            self._width = 0
