import smtplib
import socket

import pytest

from sandbox.mailbox import smtp
from tests.sandbox.mailbox.running import RunningMailbox, mail


def conversation(mailbox: RunningMailbox, *writes: bytes) -> list[bytes]:
    """Send each piece in one write, then read every reply until the server hangs up."""
    with socket.create_connection(("127.0.0.1", mailbox.smtp_port), timeout=30) as client:
        for write in writes:
            client.sendall(write)
        return client.makefile("rb").read().splitlines()


def test_it_announces_what_it_can_do(mailbox: RunningMailbox) -> None:
    with mailbox.smtp() as client:
        client.ehlo()
        extensions = client.esmtp_features
    assert extensions.keys() >= {"8bitmime", "smtputf8", "pipelining", "enhancedstatuscodes"}
    assert extensions["size"] == str(smtp.MESSAGE_BYTES)


def test_a_mail_is_kept_byte_for_byte(mailbox: RunningMailbox) -> None:
    content = mail("Bytes", b".leading dot\r\n\r\n8-bit \xe9\xff\r\n trailing  \r\n")
    mailbox.deliver("bytes@example.org", content)
    raw = mailbox.get(f"/api/messages/{mailbox.id_for('bytes@example.org')}/raw")
    assert raw.body == content
    assert raw.headers["Content-Type"] == "message/rfc822"


def test_an_envelope_in_one_write_is_answered_in_order(mailbox: RunningMailbox) -> None:
    envelope = b"MAIL FROM:<>\r\nRCPT TO:<piped@example.org>\r\nDATA\r\n"
    replies = conversation(
        mailbox, b"EHLO x\r\n", envelope + mail("Piped") + b".\r\n" + envelope, b".\r\nQUIT\r\n"
    )
    codes = [reply[:3] for reply in replies if not reply.startswith((b"250-", b"220"))]
    assert codes == [b"250"] + [b"250", b"250", b"354", b"250"] * 2 + [b"221"]
    assert [each["subject"] for each in mailbox.messages("?to=piped@example.org")] == ["", "Piped"]


def test_a_refused_recipient_in_a_pipeline_refuses_data_too(mailbox: RunningMailbox) -> None:
    envelope = b"MAIL FROM:<a@example.org>\r\nRCPT TO:<bounce@example.org>\r\nDATA\r\n"
    replies = conversation(mailbox, b"EHLO x\r\n", envelope, b"RSET\r\nQUIT\r\n")
    assert [reply[:3] for reply in replies[-5:]] == [b"250", b"550", b"503", b"250", b"221"]


def test_a_mail_to_several_people_is_one_message(mailbox: RunningMailbox) -> None:
    with mailbox.smtp() as client:
        client.sendmail("a@example.org", ["one@example.org", "two@example.org"], mail())
    (message,) = mailbox.messages("?to=two@example.org")
    assert message["to"] == "one@example.org, two@example.org"
    assert mailbox.id_for("one@example.org") == message["id"]


def test_a_bounce_has_no_envelope_sender(mailbox: RunningMailbox) -> None:
    mailbox.deliver("null@example.org", sender="")
    message = mailbox.get(f"/api/messages/{mailbox.id_for('null@example.org')}").json
    assert message["mail_from"] == ""


def test_an_address_in_another_script_is_taken(mailbox: RunningMailbox) -> None:
    with mailbox.smtp() as client:
        client.ehlo()
        client.mail("a@example.org", ["SMTPUTF8", "BODY=8BITMIME"])
        client.rcpt("амира@example.org")
        assert client.data(mail())[0] == 250
    assert mailbox.messages("?to=%D0%B0%D0%BC%D0%B8%D1%80%D0%B0@example.org")


@pytest.mark.parametrize(
    ("address", "code"),
    [(b"\xd0\xb0@example.org", b"553 5.6.7"), (b"\xff@example.org", b"553 5.1.3")],
)
def test_an_address_that_is_not_ascii_needs_smtputf8(
    mailbox: RunningMailbox, address: bytes, code: bytes
) -> None:
    commands = b"EHLO x\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<%s>\r\nQUIT\r\n" % address
    assert conversation(mailbox, commands)[-2].startswith(code)


@pytest.mark.parametrize("command", [b"MAIL FROM:<", b"MAIL FROM:<a@>\r\nMAIL", b"RCPT", b"\0\xff"])
def test_a_command_nobody_can_read_is_refused(mailbox: RunningMailbox, command: bytes) -> None:
    replies = conversation(mailbox, b"EHLO x\r\n" + command + b"\r\nQUIT\r\n")
    assert replies[-2][:1] == b"5"
    assert replies[-1].startswith(b"221")


def test_a_mail_that_says_it_is_too_large_is_refused_at_once(mailbox: RunningMailbox) -> None:
    with mailbox.smtp() as client:
        client.ehlo()
        code, _ = client.mail("a@example.org", [f"SIZE={smtp.MESSAGE_BYTES + 1}"])
    assert code == 552


def test_a_mail_that_turns_out_too_large_is_refused(mailbox: RunningMailbox) -> None:
    line = b"x" * 900 + b"\r\n"
    content = mail("Large", line * (smtp.MESSAGE_BYTES // len(line) + 1))
    with mailbox.smtp() as client:
        client.helo()  # without EHLO the size is not said beforehand
        with pytest.raises(smtplib.SMTPDataError) as refusal:
            client.sendmail("a@example.org", ["large@example.org"], content)
    assert refusal.value.smtp_code == 552
    assert mailbox.messages("?to=large@example.org") == []


def test_too_many_recipients_are_put_off_to_another_message(mailbox: RunningMailbox) -> None:
    with mailbox.smtp() as client:
        client.ehlo()
        client.mail("a@example.org")
        codes = [client.rcpt(f"p{number}@example.org")[0] for number in range(smtp.RECIPIENTS + 1)]
    assert codes == [250] * smtp.RECIPIENTS + [452]
