"""The gateway to Stripe is chosen by the settings, loaded at first use, and each process has its own."""

import os
import subprocess
import sys
from typing import Any

import pytest
from pydantic import SecretStr

from config.settings import ROOT, Settings
from payments.gateway import Gateway
from sandbox.stripe.server import Stripe
from wiring import money

LOADED = """
import sys
import web.app, worker.tasks.stripe_events
from config.settings import Settings
from pydantic import SecretStr
from wiring import money
key = SecretStr("rk_test_0123456789")
assert money.gateway(Settings.model_construct(stripe_api_key=key)) is not None
assert "stripe" not in sys.modules, "loaded by who asks nobody"
"""


def gateway_of(base: str = "http://127.0.0.1:9") -> Gateway | None:
    """Choose by settings that say nothing else."""
    settings = Settings.model_construct(
        stripe_api_key=SecretStr("rk_test_0123456789"),
        stripe_webhook_secret=SecretStr("whsec_the_old_one whsec_the_new_one"),
        stripe_api_base=base,
    )
    return money.gateway(settings)


def test_without_a_key_there_is_none() -> None:
    assert money.gateway(Settings.model_construct(stripe_api_key=None)) is None


def test_it_asks_the_stripe_that_the_settings_name() -> None:
    with Stripe() as sandbox:
        chosen = gateway_of(sandbox.base)
        assert chosen is not None
        assert chosen.balance() == {}
        assert len(sandbox.api.heard) == 1


def test_it_is_loaded_by_those_who_ask_alone() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", LOADED], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr


def test_each_process_has_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen: Any = gateway_of()
    before = chosen.ask
    assert chosen.ask is before
    monkeypatch.setattr(os, "getpid", lambda: -1)
    assert chosen.ask is not before
