"""Which replies mean 'slow down', and which are about one mailbox or one message."""

import pytest

from mailer import paces
from mailer.smtp.failures import refusal
from mailer.smtp.replies import parse


def says_slow_down(line: str) -> bool:
    return paces.says_slow_down(refusal(parse((line.encode(),))))


@pytest.mark.parametrize(
    "line",
    [
        "421 4.7.28 unusual rate of mail from your network",
        "421 4.3.2 try another day",
        "421 closing, too busy",
        "450 4.7.1 greylisted, come back in five minutes",
        "450 4.2.0 <reader@example.org>: Recipient address rejected: Greylisted",
        "450 4.2.1 this user is receiving mail too quickly",
        "451 4.7.1 greylisting in action",
        "451 4.3.2 system not accepting messages",
        "451 Graylisted, try again later",
        "451 rate limit exceeded",
        "452 too many messages from you in this hour",
        "451 4.7.500 server busy",
    ],
)
def test_a_domain_that_wants_less_is_heard(line: str) -> None:
    assert says_slow_down(line)


@pytest.mark.parametrize(
    "line",
    [
        "450 4.1.1 unknown for now",
        "450 4.2.2 mailbox full",
        "452 4.3.1 disk full",
        "451 4.3.0 local error",
        "451 4.4.2 broken off",
        "550 5.7.1 rate limit exceeded, blocked",
        "550 5.1.1 no such user, greylisted",
        "554 too many",
    ],
)
def test_what_is_about_a_mailbox_or_for_good_slows_nobody(line: str) -> None:
    assert not says_slow_down(line)
