"""``values``: the settings of the YAML files."""

import re

import pytest

from cfn_analysis.reviewing.access import settings as opening
from cfn_analysis.reviewing.guards import weakened
from cfn_analysis.reviewing.values import Setting

SETTINGS = [*opening.CHANGED, *opening.NEW, *weakened.SETTINGS]


@pytest.mark.parametrize(
    ("types", "is_about"),
    [((), True), (("AWS::S3::Bucket",), True), (("AWS::S3::",), True), (("AWS::S3::Buck", "AWS::S"), False)],
)
def test_types(types: tuple[str, ...], is_about: bool) -> None:
    """A row is about certain types, services, or all types."""
    assert Setting(types, ("Key",), lambda *_: "", True).is_about_type("AWS::S3::Bucket") is is_about


@pytest.mark.parametrize(
    ("path", "is_about"),
    [("Key", True), ("A.Key", True), ("A[1]", True), ("B[x].C", True), ("Monkey", False), ("Key.A", False)],
)
def test_places(path: str, is_about: bool) -> None:
    """A row is about the places with one of its ends."""
    assert Setting((), ("Key", "A[]", "B[*].C"), lambda *_: "", True).is_about(path) is is_about


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: " ".join(setting.places)[:40])
def test_rows_are_complete(setting: Setting) -> None:
    """Each row names a place, and a judge with all of its arguments: another one could not be called."""
    assert setting.places
    assert all(re.fullmatch(r"AWS::\w+::\w*", type_name) for type_name in setting.types)
    assert isinstance(setting.judge("5", "6"), str)
