"""The stacks, one module each, and what they share.

``STACKS`` and ``Stack`` are loaded when they are first used: a stack does not wait for the others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from csr_templates.stacks.listing import STACKS, Stack
else:

    def __getattr__(name: str) -> object:
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from csr_templates.stacks import listing

        return getattr(listing, name)


__all__ = ["STACKS", "Stack"]
