"""Who mails come from: the same Message-ID on each try, an envelope for each delivery, one list."""

from email.utils import parseaddr

import pytest
from flask import Flask
from hypothesis import assume, given
from hypothesis import strategies as st

from config.settings import load
from db.session import transaction
from mailer.composing import Composer
from mailer.deliveries import Due
from mailer.models.announcements import Announcement
from mailer.sender import Sender
from tests import builders
from tests.cast import hire
from tests.conftest import environment, key
from wiring.core import CORE

SENDER = Sender("Example Rights Foundation", "news@example.org", "bounces@example.org", b"k" * 32)
OTHER = Sender("Example Rights Foundation", "news@example.org", "bounces@example.org", b"x" * 32)
parts = st.lists(st.integers() | st.text(), min_size=1, max_size=4)


@given(parts)
def test_a_message_id_is_the_same_each_time_and_another_under_another_key(
    of: list[int | str],
) -> None:
    assert SENDER.message_id(*of) == SENDER.message_id(*of)
    assert SENDER.message_id(*of) != OTHER.message_id(*of)


@given(st.integers(0, 10**12), st.integers(0, 10**12))
def test_a_message_id_tells_readers_apart_and_names_none(one: int, other: int) -> None:
    assume(one != other)
    made = SENDER.message_id("announcement", 7, one, "ab" * 32)
    assert made != SENDER.message_id("announcement", 7, other, "ab" * 32)
    local, _, domain = made.strip("<>").partition("@")
    assert (len(local), domain) == (40, "example.org")


@given(st.integers(1, 2**63 - 1))
def test_an_envelope_names_its_delivery_and_is_provably_ours(id_: int) -> None:
    local, _, domain = SENDER.envelope(id_).partition("@")
    name, _, rest = local.partition("+")
    number, _, mac = rest.partition(".")
    assert (name, domain, int(number, 16), len(mac)) == ("bounces", "example.org", id_, 20)
    assert mac not in OTHER.envelope(id_)
    assert mac not in SENDER.envelope(id_ + 1)
    assert len(local) <= 64


def test_an_envelope_is_no_message_id() -> None:
    mac = SENDER.envelope(7).partition(".")[2].partition("@")[0]
    assert mac not in SENDER.message_id(7)
    assert mac not in SENDER.message_id("envelope", 7)


@pytest.mark.parametrize(
    "name",
    [
        "Example Rights Foundation",
        "Rights, Inc.",
        'A "B" <c@d>',
        "Ünion",
        "!!!",
        "a\n b",
        "ÇÖ.",
        "_",
    ],
)
def test_the_list_has_one_name_whatever_the_organisation_is_called(name: str) -> None:
    value = Sender(name, "news@example.org", "b@example.org", b"k").list_id
    assert value.endswith("<releases.example.org>")
    assert parseaddr(value)[1] == "releases.example.org"
    assert not set(value) & set("\r\n")


def test_a_rotation_of_the_signing_keys_keeps_message_ids(settings: object, app: Flask) -> None:
    core = app.extensions[CORE]
    rings = f"{key('signing')} {key('newer')}"
    env = environment("postgresql://x/y", "redis://x", core.settings.state_dir, SECRET_KEYS=rings)
    after = Sender.of(load(env, local=core.settings.state_dir / "none.env"))
    assert after.message_id("a", 1) == core.sender.message_id("a", 1)
    assert after.envelope(7) == core.sender.envelope(7)


def test_a_copy_is_the_same_message_on_each_try_but_for_its_date(app: Flask) -> None:
    core = app.extensions[CORE]
    builders.subscribers(1)
    id_ = builders.announcement(builders.release(), author=hire("chen"), approver=hire("dana"))
    composer, due = Composer(core.sender, core.links, core.organisation), Due(1, 0, 0, 1)
    with transaction() as session:
        editions = [composer.edition(session, id_) for _ in range(2)]
        assert session.get_one(Announcement, id_).content_hash == editions[0].content_hash
    one, other = (composer.copy(e, due, "amira@example.org", now=builders.NOW) for e in editions)
    assert one.content == other.content
