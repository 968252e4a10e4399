"""API keys whose value is a secret: each step of a rotation, and the readers of a new value."""

from typing import Any

import pytest

from .templates import set_risks, side

Template = dict[str, Any]

SECRET = "{{resolve:secretsmanager:%s:SecretString:apiKey}}"


def api(*keys: str) -> Template:
    """Return an API that accepts some keys."""
    return {
        "Resources": {
            f"Key{key}": {"Type": "AWS::ApiGateway::ApiKey", "Properties": {"Value": SECRET % f"key-{key}"}}
            for key in keys
        }
    }


def frontend(key: str) -> Template:
    """Return a distribution that sends a key."""
    header = {"HeaderName": "x-api-key", "HeaderValue": SECRET % f"key-{key}"}
    config = {"DistributionConfig": {"Origins": [{"Id": "api", "OriginCustomHeaders": [header]}]}}
    return {"Resources": {"Site": {"Type": "AWS::CloudFront::Distribution", "Properties": config}}}


@pytest.mark.parametrize(
    ("before", "after", "failing"),
    [
        (("a", "a"), ("ab", "a"), set()),
        (("ab", "a"), ("ab", "b"), set()),
        (("ab", "b"), ("b", "b"), set()),
        (("ab", "a"), ("b", "b"), {("api", "Keya")}),
        (("a", "a"), ("b", "b"), {("api", "Keya")}),
        (("a", "a"), ("a", "b"), {("frontend", "Site")}),
    ],
)
def test_each_step_of_a_key_rotation(
    before: tuple[str, str], after: tuple[str, str], failing: set[tuple[str, str]]
) -> None:
    """At the end of each deploy, the API must accept the key that CloudFront then sends."""
    old, new = (side(api=api(*keys), frontend=frontend(key)) for keys, key in (before, after))

    assert {key[1:] for key in set_risks(old, new) if key[0] == "will-fail"} == failing


def test_a_new_secret_names_its_readers() -> None:
    """Dynamic references are resolved only when the resource that contains them changes."""

    def template(length: int) -> Template:
        properties = {"Name": "key-a", "GenerateSecretString": {"PasswordLength": length}}
        return {"Resources": {"Secret": {"Type": "AWS::SecretsManager::Secret", "Properties": properties}}}

    messages = set_risks(
        side(api=template(32), frontend=frontend("a")), side(api=template(40), frontend=frontend("a"))
    )

    assert "Site of frontend uses the old value" in messages["interruption", "api", "Secret"]
