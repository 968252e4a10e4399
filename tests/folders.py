"""The contents of folders, for tests that compare them."""

from pathlib import Path


def on_disk(folder: Path) -> dict[str, bytes]:
    """Return every file below ``folder``, including hidden ones."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }
