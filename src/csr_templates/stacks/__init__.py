"""The stacks, one module each, and their common parts.

``STACKS`` and ``Stack`` are loaded at their first use, so that a stack can be imported without the others.
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
