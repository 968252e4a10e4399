"""Options that name folders, and the default folders."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from csr_templates.cli.messages import InputError

if TYPE_CHECKING:
    from csr_templates.hand_over.built_folder import BuiltFolder


def add_parameters(parser: argparse.ArgumentParser) -> None:
    """Add the option for the folder of the parameter files."""
    parser.add_argument(
        "--parameters",
        type=named_folder,
        metavar="DIR",
        help="folder with shared.json and one file for each environment (default: parameters/ in the "
        "checkout of csr-templates; ./parameters, if it exists, for an installed package and with --stacks)",
    )


def add_built(parser: argparse.ArgumentParser) -> None:
    """Add the option for the output folder that a command reads."""
    parser.add_argument(
        "--out",
        type=named_folder,
        metavar="DIR",
        help="output folder of a build (default: out/ in the checkout, or ./out)",
    )


def existing_parameters(arguments: argparse.Namespace) -> Path:
    """Return the folder with the parameter files.

    Raises:
        InputError: the option is missing, and the default folder does not exist.
    """
    folder: Path | None = arguments.parameters or default_parameters(foreign=bool(arguments.declared_in))
    if folder is None:
        raise InputError(
            "There is no folder ./parameters. Specify the folder of the parameter files: --parameters DIR."
        )
    return folder


def named_folder(name: str) -> Path:
    """Return the folder of an option.

    Raises:
        argparse.ArgumentTypeError: the name is empty.
    """
    if not name:  # usually an unset variable, not the current folder
        raise argparse.ArgumentTypeError("the folder name is empty. Specify a folder, or remove the option.")
    return Path(name)


def checkout() -> Path | None:
    """Return the root of the checkout that this code runs from; None for an installed package."""
    source, root = Path(__file__).resolve().parents[2:4]
    if source.name == "src" and (root / "build.py").is_file():
        return root
    return None


def default_output(*, foreign: bool = False) -> Path:
    """Return ``out/`` in the checkout, or in the current folder.

    The files of stacks of another project must not replace ours.
    """
    root = None if foreign else checkout()
    if root is None:
        return Path("out")
    return short_path(root / "out")


def read_built(path: Path) -> BuiltFolder:
    """Return the content of an output folder.

    Raises:
        InputError: there is no build in the folder.
        BuiltFolderError: a file of the build is missing or wrong.
    """
    from csr_templates.hand_over import built_folder  # only for commands that need it
    from csr_templates.hand_over.manifest import MANIFEST

    if not (path / MANIFEST).exists():
        raise InputError(
            f"{(path / MANIFEST).as_posix()} does not exist. Build first (make templates), or specify "
            "the output folder of a build: --out DIR."
        )
    return built_folder.read(lambda name: (path / name).read_bytes(), path.as_posix())


def default_parameters(*, foreign: bool = False) -> Path | None:
    """Return ``parameters/`` in the checkout, or in the current folder if it exists there."""
    root = None if foreign else checkout()
    if root:
        return short_path(root / "parameters")
    folder = Path("parameters")
    if not folder.exists():
        return None
    return folder


def short_path(path: Path) -> Path:
    """Return ``path`` relative to the current folder if it is below it, otherwise unchanged."""
    folder = current_folder()
    if folder and path.is_relative_to(folder):
        return path.relative_to(folder)
    return path


def current_folder() -> Path | None:
    """Return the current folder; None if it has been removed."""
    try:
        return Path.cwd()
    except OSError:
        return None
