"""Key rings are read from text, and each way to write one badly is named."""

import base64
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import keys
from config.keys import BadKeys
from tests.conftest import key

A, B, C = (key(name) for name in "abc")
ONE_BYTE = base64.urlsafe_b64encode(b"\7" * 32).decode()
SHORT = base64.urlsafe_b64encode(b"\1\2" * 15).decode()

SIGNING = {
    "": "holds no key",
    " ,\n ,": "holds no key",
    "not base64!": "not base64",
    "ключ": "not base64",
    A[:-1]: "not base64",
    SHORT: "30 bytes where 32 are needed",
    ONE_BYTE: "one repeated byte",
    f"{A} {B},{A}": "the same key twice",
    f"{A} {SHORT}": "30 bytes",
}

DATA = {
    "": "lacks the entry index",
    f"k1:{A}": "lacks the entry index",
    f"index:{A}": "lacks an encryption key",
    f"index:{A} {B}": "the form name:key",
    f"index:{A} :{B}": "the form name:key",
    f"index:{A} K1:{B}": "in lower case",
    f"index:{A} 1k:{B}": "the form name:key",
    f"index:{A} k-1:{B}": "the form name:key",
    f"index:{A} ключ:{B}": "the form name:key",
    f"index:{A} {'k' * 17}:{B}": "the form name:key",
    f"index:{A} k1:": "0 bytes where 32 are needed",
    f"index:{A} k1:{B}x": "not base64",
    f"index:{A} k1:{SHORT}": "30 bytes",
    f"index:{A} k1:{ONE_BYTE}": "one repeated byte",
    f"index:{A} k1:{B} k1:{C}": "the key k1 twice",
    f"index:{A} k1:{B} index:{C}": "the key index twice",
    f"index:{A} k1:{A}": "the same key under two names",
    f"index:{A} k1:{B} k2:{B}": "the same key under two names",
}


@pytest.mark.parametrize(("text", "fault"), SIGNING.items())
def test_a_bad_signing_ring_is_refused_by_name(text: str, fault: str) -> None:
    with pytest.raises(BadKeys, match=fault):
        keys.signing_ring(text)


@pytest.mark.parametrize(("text", "fault"), DATA.items())
def test_a_bad_data_ring_is_refused_by_name(text: str, fault: str) -> None:
    with pytest.raises(BadKeys, match=fault):
        keys.data_ring(text)


@pytest.mark.parametrize("text", [A, f"{A} {SHORT}", f"index:{A} k1:{B}x", f"index:{A} k1:{A}"])
def test_no_complaint_repeats_a_key(text: str) -> None:
    with pytest.raises(BadKeys) as caught:
        keys.data_ring(text)
    assert not any(secret in str(caught.value) for secret in (A, B, SHORT))


@given(st.permutations([A, B, C]), st.sampled_from([" ", ",", "\n", ", ", " ,\t\r\n"]))
def test_a_signing_ring_keeps_the_order_written(ring: list[str], gap: str) -> None:
    assert keys.signing_ring(gap + gap.join(ring) + gap) == tuple(ring)


@given(st.permutations(["index", "k1", "k22", "abcdefghijklmnop"]))
def test_a_data_ring_keeps_the_order_written(names: list[str]) -> None:
    ring = keys.data_ring("\n".join(f"{name}:{key(name)}" for name in names))
    assert list(ring) == names
    assert all(len(value) == keys.KEY_BYTES for value in ring.values())


def test_a_generated_key_can_be_used() -> None:
    made = {keys.generate() for _ in range(20)}
    assert len(keys.signing_ring(" ".join(made))) == 20


@given(st.text())
def test_whatever_is_written_is_read_or_refused(text: str) -> None:
    for read in (keys.signing_ring, keys.data_ring):
        with suppress(BadKeys):
            assert read(text)
