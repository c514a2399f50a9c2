import resource
import smtplib

import pytest

from tests.sandbox.mailbox.running import RunningMailbox, mail


def reply(mailbox: RunningMailbox, address: str) -> bytes:
    with mailbox.smtp() as client:
        client.ehlo()
        client.mail("a@example.org")
        code, text = client.rcpt(address)
        return b"%d %s" % (code, text)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("bounce@example.org", b"550 5.1.1"),
        ("Bounce-1@example.org", b"550 5.1.1"),
        ('"bounce me"@example.org', b"550 5.1.1"),
        ("full@example.org", b"552 5.2.2"),
        ("policy.x@example.org", b"550 5.7.1"),
        ("slow@example.org", b"451 4.7.1"),
        ("amira@bounce.example.org", b"250 2.1.5"),
        ("not-bounce@example.org", b"250 2.1.5"),
    ],
)
def test_an_address_fails_as_its_name_says(
    fresh: RunningMailbox, address: str, expected: bytes
) -> None:
    assert reply(fresh, address).startswith(expected)


def test_a_slow_address_takes_its_mail_at_the_third_try(mailbox: RunningMailbox) -> None:
    tries = [reply(mailbox, "slow-third@example.org")[:3] for _ in range(4)]
    assert tries == [b"451", b"451", b"250", b"250"]


def test_each_slow_address_counts_its_own_tries(mailbox: RunningMailbox) -> None:
    tries = [reply(mailbox, f"slow-{name}@example.org")[:3] for name in ("a", "b", "a", "b", "A")]
    assert tries == [b"451", b"451", b"451", b"451", b"250"]


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="Linux limits another process")
def test_a_full_disk_is_a_temporary_failure(fresh: RunningMailbox) -> None:
    unlimited = resource.prlimit(fresh.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(fresh.process.pid, resource.RLIMIT_FSIZE, (2_000, unlimited[1]))
    with pytest.raises(smtplib.SMTPDataError, match=r"4\.3\.1"):
        fresh.deliver(
            "amira@example.org", mail("Large", b"x" * 900 + b"\r\n" + b"y" * 900 + b"\r\nz" * 99)
        )
    fresh.deliver("amira@example.org", mail("Small"))
    assert [each["subject"] for each in fresh.messages()] == ["Small"]
