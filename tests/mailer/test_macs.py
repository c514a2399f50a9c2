"""The fast MAC is HMAC-SHA256, whatever the key and the message."""

import hmac

from hypothesis import given
from hypothesis import strategies as st

from mailer.macs import Mac


@given(key=st.binary(max_size=200), message=st.binary(max_size=500))
def test_it_is_the_standard_library_s(key: bytes, message: bytes) -> None:
    assert Mac(key).digest(message) == hmac.digest(key, message, "sha256")


@given(messages=st.lists(st.binary(max_size=40), min_size=2, max_size=5))
def test_one_message_leaves_no_trace_in_the_next(messages: list[bytes]) -> None:
    mac = Mac(b"key")
    assert [mac.digest(m) for m in messages] == [Mac(b"key").digest(m) for m in messages]
