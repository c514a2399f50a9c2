"""The sending limit: read in one go, and refused with a sentence where nobody could send by it."""

import math

import pytest
from sqlalchemy.orm import Session

from mailer import sending_limits
from mailer.sending_limits import BadLimit, Limits
from mailer.windows import Window

WHOLE = Limits(per_second=12.5, window_mails=1000, window_seconds=3600, connections=4)


def test_where_nobody_set_any_there_is_none(session: Session) -> None:
    assert sending_limits.read(session) == Limits()
    assert Limits().window is None


def test_what_was_set_is_read_and_may_be_set_anew(session: Session) -> None:
    sending_limits.write(session, WHOLE)
    assert sending_limits.read(session) == WHOLE
    assert WHOLE.window == Window(1000, 3600)
    sending_limits.write(session, Limits(connections=2))
    assert sending_limits.read(session) == Limits(connections=2)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (Limits(per_second=0), "to send nothing, pause"),
        (Limits(per_second=-1), "to send nothing, pause"),
        (Limits(per_second=math.nan), "mails a second"),
        (Limits(per_second=math.inf), "mails a second"),
        (Limits(window_mails=10), "both its mails and its seconds"),
        (Limits(window_seconds=10), "both its mails and its seconds"),
        (Limits(window_mails=0, window_seconds=60), "mails are between 1 and"),
        (Limits(window_mails=10, window_seconds=9), "seconds are between 10 and 2,678,400"),
        (Limits(connections=0), "connections are between 1 and 1,000"),
    ],
)
def test_a_limit_nobody_could_send_by_is_refused(
    session: Session, given: Limits, sentence: str
) -> None:
    with pytest.raises(BadLimit, match=sentence):
        sending_limits.write(session, given)
    assert sending_limits.read(session) == Limits()
