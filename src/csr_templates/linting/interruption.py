"""Ctrl-C that is not lost: a process notices it even where other code swallows the KeyboardInterrupt.

cfn-lint does, here and there: with an ``except`` for whatever may come, after which a template may seem to
have a mistake or none, and in destructors, from which Python lets no exception pass.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType

_noticed = False


def watch() -> None:
    """Notice every Ctrl-C from now on; for the main thread of a process of ours."""
    import signal  # what only lints or only imports us need not load

    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # else it is ignored, in the background
        signal.signal(signal.SIGINT, _notice)
    sys.unraisablehook = _unraisable


def check() -> None:
    """Repeat a Ctrl-C that has been noticed since ``watch``.

    Raises:
        KeyboardInterrupt: there was one.
    """
    if _noticed:
        raise KeyboardInterrupt


def _notice(_number: int, _frame: FrameType | None) -> None:
    global _noticed
    _noticed = True
    raise KeyboardInterrupt


def _unraisable(dropped: sys.UnraisableHookArgs) -> None:
    """Say nothing of the KeyboardInterrupt that a destructor swallows: ``check`` repeats it."""
    if dropped.exc_type is not KeyboardInterrupt:
        sys.__unraisablehook__(dropped)
