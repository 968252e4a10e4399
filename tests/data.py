"""Reads the YAML files of the tests."""

from pathlib import Path
from typing import Any

import yaml

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml, if it is there, is ten times as fast


def read_yaml(file: Path) -> Any:
    """Return the content of a YAML file without short forms of functions."""
    return yaml.load(file.read_text("utf-8"), LOADER)
