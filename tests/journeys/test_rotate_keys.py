"""The encryption key changes while web and workers run, and nobody notices."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from config.settings import ROOT, Settings
from db.sealed import key_name
from db.session import transaction
from mailer.models.deliveries import DeliveryState
from mailer.models.subscribers import Subscriber
from tests import builders, processes
from tests.browser import Browser
from tests.cast import AMIRA, BORIS, Staff
from tests.journeys.conftest import House
from tests.mailer.sending.conftest import progress
from wiring import names
from wiring.core import core

READERS = 1_200

pytestmark = pytest.mark.journey


@pytest.fixture
def told(settings: Settings, tmp_path: Path) -> dict[str, str]:
    """Give the keys by a file that both the house and the command read."""
    ring = tmp_path / "data-keys"
    ring.write_text(settings.data_keys.get_secret_value() + "\n", encoding="utf-8")
    return {"DATA_KEYS": "", "DATA_KEYS_FILE": str(ring)}


def test_everything_is_sealed_anew_and_the_running_processes_follow(
    app: Flask,
    house: House,
    settings: Settings,
    told: dict[str, str],
    staff: Callable[..., Staff],
) -> None:
    builders.subscribers(READERS)
    join(house, AMIRA)
    done = subprocess.run(
        [sys.executable, "-m", "flask", "keys", "rotate"],
        cwd=ROOT,
        env=processes.environ(settings, **told),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    with transaction() as session:
        blobs = session.scalars(select(Subscriber.address)).all()
    assert {key_name(blob) for blob in blobs} == {"k2"}
    join(house, BORIS)
    id_ = builders.announcement(
        builders.release(), author=staff("chen", "author"), approver=staff("dana", "approver")
    )
    core().bell.ring(names.FREEZE, id_)
    processes.wait_until(lambda: progress(id_).state == "finished")
    assert progress(id_).counts[DeliveryState.ACCEPTED] == READERS


def join(house: House, address: str) -> None:
    """Ask to join, and wait for the mail: the web seals, the worker opens."""
    form = Browser().get(f"{house.url}/subscribe")
    assert Browser().submit(form, "/subscribe", address=address, topic="releases").status == 200
    assert house.mailbox.newest_to(address)["Subject"]
