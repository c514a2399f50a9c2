"""Tokens in links: what was signed comes back, for its purpose, for its time, and nothing else does."""

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from config import limits
from mailer.tokens import BadToken, TokenDamaged, TokenExpired, Tokens

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
OLD, NEW = "an old signing key", "a new signing key"
TOKENS = Tokens([OLD])
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."

jtis = st.text(max_size=30)
ids = st.integers(0, 2**63 - 1)

Read = Callable[[Tokens, str, datetime], object]
MAKERS: dict[str, Callable[[Tokens, datetime], str]] = {
    "confirm": lambda tokens, now: tokens.confirm("what", now=now),
    "unsubscribe": lambda tokens, _: tokens.unsubscribe(4711, 1),
    "invitation": lambda tokens, now: tokens.invitation("what", now=now),
    "form nonce": lambda tokens, now: tokens.form_nonce("what", now=now),
    "manage": lambda tokens, _: tokens.manage(4711, 1),
    "fresh": lambda tokens, now: tokens.fresh(4711, 1, now=now),
    "address change": lambda tokens, now: tokens.address_change("what", now=now),
    "giving": lambda tokens, now: tokens.giving(4711, 1, now=now),
}
READERS: dict[str, Read] = {
    "confirm": lambda tokens, token, now: tokens.read_confirm(token, now=now),
    "unsubscribe": lambda tokens, token, _: tokens.read_unsubscribe(token),
    "invitation": lambda tokens, token, now: tokens.read_invitation(token, now=now),
    "form nonce": lambda tokens, token, now: tokens.check_form_nonce(token, "what", now=now),
    "manage": lambda tokens, token, _: tokens.read_manage(token),
    "fresh": lambda tokens, token, now: tokens.read_fresh(token, now=now),
    "address change": lambda tokens, token, now: tokens.read_address_change(token, now=now),
    "giving": lambda tokens, token, now: tokens.read_giving(token, now=now),
}
SECONDS = {
    "confirm": limits.CONFIRM_TOKEN_SECONDS,
    "invitation": limits.INVITATION_TOKEN_SECONDS,
    "form nonce": limits.FORM_NONCE_SECONDS,
    "fresh": limits.FRESH_TOKEN_SECONDS,
    "address change": limits.ADDRESS_CHANGE_TOKEN_SECONDS,
    "giving": limits.GIVING_TOKEN_SECONDS,
}


@given(jtis)
def test_any_jti_comes_back(jti: str) -> None:
    assert TOKENS.read_confirm(TOKENS.confirm(jti, now=NOW), now=NOW) == jti
    assert TOKENS.read_invitation(TOKENS.invitation(jti, now=NOW), now=NOW) == jti


@given(ids, ids)
def test_any_subscriber_and_version_come_back_at_any_time(id_: int, version: int) -> None:
    assert TOKENS.read_unsubscribe(TOKENS.unsubscribe(id_, version)) == (id_, version)
    assert TOKENS.read_manage(TOKENS.manage(id_, version)) == (id_, version)
    fresh = TOKENS.fresh(id_, version, now=NOW)
    assert TOKENS.read_fresh(fresh, now=NOW) == TOKENS.read_stale_fresh(fresh) == (id_, version)


@given(ids, ids)
def test_any_donor_and_version_come_back_within_the_hour(id_: int, version: int) -> None:
    token = TOKENS.giving(id_, version, now=NOW)
    assert TOKENS.read_giving(token, now=NOW + timedelta(hours=1)) == (id_, version)
    with pytest.raises(TokenExpired):
        TOKENS.read_giving(token, now=NOW + timedelta(hours=1, seconds=1))


@given(ids)
def test_a_subscribers_own_link_is_no_donors_of_the_same_number(id_: int) -> None:
    for token in (TOKENS.fresh(id_, 1, now=NOW), TOKENS.manage(id_, 1)):
        with pytest.raises(TokenDamaged):
            TOKENS.read_giving(token, now=NOW)


@given(jtis, st.data())
def test_one_changed_character_never_makes_another_payload(jti: str, data: st.DataObject) -> None:
    token = TOKENS.confirm(jti, now=NOW)
    at = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from(ALPHABET))
    assume(other != token[at])
    try:
        assert TOKENS.read_confirm(token[:at] + other + token[at + 1 :], now=NOW) == jti
    except BadToken:
        return
    assert at == len(token) - 1, "only the last character of a signature has spare bits"


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("made", MAKERS)
def test_a_token_serves_its_own_purpose_alone(made: str, read: str) -> None:
    token = MAKERS[made](TOKENS, NOW)
    if made == read:
        READERS[read](TOKENS, token, NOW)
        return
    with pytest.raises(TokenDamaged):
        READERS[read](TOKENS, token, NOW)


@pytest.mark.parametrize("purpose", SECONDS)
def test_it_expires_at_the_second(purpose: str) -> None:
    token = MAKERS[purpose](TOKENS, NOW)
    READERS[purpose](TOKENS, token, NOW + timedelta(seconds=SECONDS[purpose]))
    with pytest.raises(TokenExpired):
        READERS[purpose](TOKENS, token, NOW + timedelta(seconds=SECONDS[purpose] + 1))


@pytest.mark.parametrize("purpose", SECONDS)
def test_a_clock_set_back_by_two_minutes_refuses_nobody(purpose: str) -> None:
    token = MAKERS[purpose](TOKENS, NOW)
    READERS[purpose](TOKENS, token, NOW - timedelta(seconds=120))
    with pytest.raises(TokenExpired):
        READERS[purpose](TOKENS, token, NOW - timedelta(seconds=121))


@pytest.mark.parametrize("hours", [-14, 5, 12])
def test_age_does_not_depend_on_the_zone_it_is_asked_in(hours: int) -> None:
    there = NOW.astimezone(timezone(timedelta(hours=hours)))
    assert TOKENS.read_confirm(TOKENS.confirm("what", now=there), now=NOW) == "what"
    assert TOKENS.read_confirm(TOKENS.confirm("what", now=NOW), now=there) == "what"


@pytest.mark.parametrize("purpose", MAKERS)
def test_after_a_rotation_old_links_work_until_the_old_key_leaves(purpose: str) -> None:
    before, after = MAKERS[purpose](TOKENS, NOW), MAKERS[purpose](Tokens([OLD, NEW]), NOW)
    for token in (before, after):
        READERS[purpose](Tokens([OLD, NEW]), token, NOW)
    READERS[purpose](Tokens([NEW]), after, NOW)
    with pytest.raises(TokenDamaged):
        READERS[purpose](Tokens([NEW]), before, NOW)


@given(st.text() | st.text(ALPHABET) | st.binary().map(lambda b: b.decode("latin-1")))
def test_whatever_else_comes_in_is_a_bad_token_and_no_other_error(token: str) -> None:
    for read in READERS.values():
        with pytest.raises(BadToken):
            read(TOKENS, token, NOW)


@given(st.text(ALPHABET, max_size=60), st.sampled_from([".", ".e30.", "..", "=", "%2e", "\0", " "]))
def test_something_around_a_token_never_makes_another_payload(more: str, gap: str) -> None:
    token = TOKENS.confirm("what", now=NOW)
    for text in (f"{more}{gap}{token}", f"{token}{gap}{more}"):
        with suppress(BadToken):
            assert TOKENS.read_confirm(text, now=NOW) == "what"


def test_a_nonce_of_one_form_is_not_good_for_another() -> None:
    with pytest.raises(TokenDamaged):
        TOKENS.check_form_nonce(TOKENS.form_nonce("subscribe", now=NOW), "donate", now=NOW)


def test_a_token_of_ours_is_far_below_the_length_that_is_looked_at() -> None:
    longest = TOKENS.confirm("x" * 22, now=NOW), TOKENS.unsubscribe(2**63 - 1, 2**31)
    assert max(map(len, longest)) < 120 < limits.TOKEN_LENGTH


def test_a_longer_one_is_not_looked_at_though_we_signed_it() -> None:
    noise = "".join(random.Random(7).choices(ALPHABET, k=limits.TOKEN_LENGTH))  # noqa: S311 - no secret
    token = TOKENS.confirm(noise, now=NOW)
    with pytest.raises(TokenDamaged):
        TOKENS.read_confirm(token, now=NOW)
