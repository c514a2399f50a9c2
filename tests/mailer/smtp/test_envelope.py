"""The envelope: no address can say more than an address."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.smtp import envelope
from mailer.smtp.content import Content
from mailer.smtp.failures import PermanentFailure
from mailer.smtp.replies import Extensions

EVERYTHING = Extensions(frozenset({"PIPELINING", "8BITMIME", "SMTPUTF8", "SIZE"}))
ADDRESSES = st.text(st.sampled_from('aé.@"<> \r\n\0\u2028\ud800'), max_size=8) | st.sampled_from(
    ["amira@example.org", "амира@example.org", ""]
)


def sayable(address: str) -> bool:
    return all(c.isprintable() and c not in " <>" for c in address)


@given(sender=ADDRESSES, recipient=ADDRESSES)
def test_an_envelope_is_three_lines_or_a_failure(sender: str, recipient: str) -> None:
    addresses = {"sender": sender, "recipient": recipient}
    if not (recipient and sayable(recipient) and sayable(sender)):
        with pytest.raises(PermanentFailure):
            envelope.commands(EVERYTHING, **addresses, content=Content.of(b""))
        return
    mail, rcpt, data = envelope.commands(EVERYTHING, **addresses, content=Content.of(b""))
    assert rcpt == f"RCPT TO:<{recipient}>\r\n".encode()
    assert mail.startswith(f"MAIL FROM:<{sender}> SIZE=0".encode())
    assert (mail + rcpt + data).splitlines(keepends=True) == [mail, rcpt, data]
