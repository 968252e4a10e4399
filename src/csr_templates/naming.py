"""The names that this project gives to what it deploys, and its own name."""

from typing import Final

PRODUCT: Final = "csr-templates"
"""Name of the command, of its cache folder, and of the package."""

VERSION: Final = "0.3.0"
"""That of setup.cfg. Read from here, because installed metadata may be those of an earlier checkout."""

PREFIX: Final = "${ProjectName}-${Environment}-"
"""Prefix of the names of stacks, exports and most resources, as in a template."""

OLD: Final = "-old"
"""End of the identifier of the cluster that a restored one has replaced, and a part of its instances'."""

RESTORED: Final = "-restored"
"""The same for a restored cluster."""
