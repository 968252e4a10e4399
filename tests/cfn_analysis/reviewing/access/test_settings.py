"""Messages about settings that open a resource."""

from pathlib import Path
from typing import Any

import pytest

from tests.data import read_yaml

from ..templates import resources, reviewed, risks

ROWS = read_yaml(Path(__file__).with_name("settings.yaml"))


@pytest.mark.parametrize(("kind", "before", "after", "message"), ROWS["test_openings"])
def test_openings(kind: str, before: dict[str, Any], after: dict[str, Any], message: str | None) -> None:
    """Limits of requests, and what separates caches or keeps data out of logs, must not be weakened."""
    messages = risks(reviewed(resources(It=(kind, before)), resources(It=(kind, after))))

    assert messages.get(("opens", "It")) == (message and f"It: {message}.")


def test_encryption_of_a_removed_volume_is_not_reported() -> None:
    """Removed encryption is reported only if the instance keeps the volume."""
    encrypted = {"DeviceName": "/dev/sdb", "Ebs": {"Encrypted": True, "KmsKeyId": "k"}}

    def template(*volumes: Any) -> dict[str, Any]:
        return resources(Server=("AWS::EC2::Instance", {"BlockDeviceMappings": list(volumes)}))

    unencrypted = {"DeviceName": "/dev/sdc", "Ebs": {"VolumeSize": 8}}
    plain = {"DeviceName": "/dev/sdb", "Ebs": {"VolumeSize": 8}}
    gone = risks(reviewed(template(encrypted, unencrypted), template(unencrypted)))
    stays = risks(reviewed(template(encrypted, unencrypted), template(plain, unencrypted)))

    assert ("opens", "Server") not in gone
    assert "Encrypted is left out: stored data is no longer encrypted" in stays["opens", "Server"]


@pytest.mark.parametrize(("kind", "properties", "message"), ROWS["test_a_new_public_resource"])
def test_a_new_public_resource(kind: str, properties: dict[str, Any], message: str | None) -> None:
    """A public address, a public endpoint and anonymous callers are reported, at any depth."""
    queue = ("AWS::SQS::Queue", {"QueueName": "jobs"})
    messages = risks(reviewed(resources(Queue=queue), resources(Queue=queue, It=(kind, properties))))

    assert messages.get(("opens", "It")) == (message and f"It: {message}.")
