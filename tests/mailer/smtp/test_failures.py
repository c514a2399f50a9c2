"""Failures: whom they speak about, and what they keep to themselves."""

import pickle

import pytest

from mailer.smtp import failures
from mailer.smtp.failures import PermanentFailure, Scope, TemporaryFailure
from mailer.smtp.replies import Reply


@pytest.mark.parametrize(
    ("code", "scope"),
    [
        ("5.1.1", "address"),
        ("5.1.10", "address"),
        ("5.1.0", "message"),
        ("5.1.7", "policy"),
        ("5.1.8", "policy"),
        ("5.2.2", "mailbox"),
        ("5.3.4", "message"),
        ("5.7.515", "policy"),
        ("5.0.0", "message"),
        ("550", "message"),
    ],
)
def test_a_code_says_whom_a_failure_is_about(code: str, scope: Scope) -> None:
    assert PermanentFailure(code, "").scope == scope


def test_a_reply_without_an_enhanced_code_still_has_one() -> None:
    failure = failures.refusal(Reply(550, "5.0.0", "no"))
    assert isinstance(failure, PermanentFailure)
    assert (failure.code, failure.text, failure.scope) == ("5.0.0", "550 no", "message")


@pytest.mark.parametrize("kind", [PermanentFailure, TemporaryFailure])
def test_what_the_relay_said_is_not_in_a_traceback(kind: type[failures.Refusal]) -> None:
    failure = kind("5.1.1", "550 <amira@example.org> is unknown")
    assert "amira" not in str(failure) + repr(failure)


def test_a_failure_survives_being_pickled() -> None:
    kept = pickle.dumps(PermanentFailure("5.6.7", "550 no", "address"))
    failure = pickle.loads(kept)  # noqa: S301 - our own bytes
    assert (failure.code, failure.text, failure.scope) == ("5.6.7", "550 no", "address")


@pytest.mark.parametrize("of_sender", [True, False])
def test_a_refusal_for_now_says_whether_the_reader_had_been_named(*, of_sender: bool) -> None:
    failure = failures.refusal(Reply(450, "4.7.1", "later"), of_sender=of_sender)
    assert isinstance(failure, TemporaryFailure)
    assert pickle.loads(pickle.dumps(failure)).of_sender is of_sender  # noqa: S301 - our own bytes
