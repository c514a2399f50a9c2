"""compose.yaml speaks of what there is: settings, queues, commands, files that the image is made of."""

from typing import Any

import pytest
import yaml  # type: ignore[import-untyped] # its stubs are no part of what we lock

from config.settings import ROOT, Settings
from wiring import names

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
OURS = {name: each for name, each in COMPOSE["services"].items() if "build" in each}


def test_every_variable_is_a_setting() -> None:
    known = {name.upper() for name in Settings.model_fields}
    for service in OURS.values():
        for name in service["environment"]:
            assert name.removesuffix("_FILE") in known | {"HOME"}


def test_every_secret_that_is_read_is_given() -> None:
    for service in OURS.values():
        files = [v for k, v in service["environment"].items() if k.endswith("_FILE")]
        assert {file.removeprefix("/run/secrets/") for file in files} == set(service["secrets"])
        assert set(service["secrets"]) <= set(COMPOSE["secrets"])


def test_every_queue_has_a_worker() -> None:
    commands = [" ".join(service.get("command", [])) for service in OURS.values()]
    served = {
        queue
        for command in commands
        if "-Q " in command
        for queue in command.partition("-Q ")[2].split()[0].split(",")
    }
    assert served == {names.TX, names.BULK, names.HOOKS, names.MAINT}
    assert sum("beat" in command for command in commands) == 1


@pytest.mark.parametrize("queue", ["worker", "bulk"])
def test_who_sends_keeps_its_journal_on_a_volume(queue: str) -> None:
    service = OURS[queue]
    assert f"state:{service['environment']['STATE_DIR']}" in service["volumes"]


def test_the_image_is_made_of_every_room_of_the_product_and_of_no_other() -> None:
    copied = {
        word
        for line in (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
        if line.startswith("COPY ")
        for word in line.split()[1:-1]
    }
    let_in = {
        line.removeprefix("!")
        for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
        if line.startswith("!")
    }
    rooms = {"config", "db", "staff", "mailer", "payments", "wiring", "worker", "web", "words"}
    assert copied == let_in
    assert rooms == {name for name in copied if (ROOT / name).is_dir()}
