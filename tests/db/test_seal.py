"""A sealed value opens where it was sealed, unchanged, and nowhere else."""

import secrets
from collections.abc import Mapping
from types import SimpleNamespace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from config.keys import BadKeys
from db import sealed
from db.sealed import CannotOpen, Keyring, UnknownKey

INDEX, FIRST, SECOND = (bytes([n]) * 31 + b"\0" for n in (1, 2, 3))
OLD = {"index": INDEX, "k1": FIRST}
NEW = {**OLD, "k2": SECOND}
COLUMN, ROW = "subscriber.address", b"\7" * 32

texts = st.text(st.characters(exclude_categories=["Cs"]))
rows = st.binary(max_size=40) | texts


@given(texts, texts, rows)
def test_any_text_comes_back(value: str, column: str, row: bytes | str) -> None:
    ring = Keyring(NEW)
    assert ring.open(ring.seal(value, column=column, row=row), column=column, row=row) == value


@given(texts, rows, rows)
def test_a_blob_moved_to_another_row_never_opens(
    value: str, here: bytes | str, there: bytes | str
) -> None:
    as_bytes = [row.encode() if isinstance(row, str) else row for row in (here, there)]
    assume(as_bytes[0] != as_bytes[1])
    blob = Keyring(OLD).seal(value, column=COLUMN, row=here)
    with pytest.raises(CannotOpen):
        Keyring(OLD).open(blob, column=COLUMN, row=there)


@given(texts)
def test_a_blob_moved_to_another_column_never_opens(value: str) -> None:
    blob = Keyring(OLD).seal(value, column=COLUMN, row=ROW)
    with pytest.raises(CannotOpen):
        Keyring(OLD).open(blob, column="outbox_mail.address", row=ROW)


@given(st.text(max_size=20), st.data())
def test_a_blob_with_any_byte_changed_never_opens(value: str, data: st.DataObject) -> None:
    ring = Keyring({**NEW, "k": b"\4" * 31 + b"\0"})
    blob = bytearray(ring.seal(value, column=COLUMN, row=ROW))
    at = data.draw(st.integers(0, len(blob) - 1))
    blob[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(CannotOpen):
        ring.open(bytes(blob), column=COLUMN, row=ROW)


@given(st.sampled_from(["k", "k1", "key20261122", "keyname12345", "keyname123456789"]), st.data())
def test_a_blob_cut_short_or_made_longer_never_opens(name: str, data: st.DataObject) -> None:
    ring = Keyring({"index": INDEX, name: FIRST})
    blob = ring.seal("amira@example.org", column=COLUMN, row=ROW)
    cut = data.draw(
        st.integers(0, len(blob) - 1).map(lambda end: blob[:end]) | st.just(blob + b"x")
    )
    with pytest.raises(CannotOpen):
        ring.open(cut, column=COLUMN, row=ROW)


@given(st.binary(max_size=60))
def test_what_was_never_sealed_does_not_open(blob: bytes) -> None:
    with pytest.raises(CannotOpen):
        Keyring(NEW).open(blob, column=COLUMN, row=ROW)


def test_the_same_text_is_sealed_differently_each_time() -> None:
    blobs = {Keyring(OLD).seal("the same", column=COLUMN, row=ROW) for _ in range(50)}
    assert len(blobs) == 50


def test_a_key_that_is_missing_is_named() -> None:
    blob = Keyring(NEW).seal("text", column=COLUMN, row=ROW)
    with pytest.raises(UnknownKey, match=r"the key k2 is not in DATA_KEYS"):
        Keyring(OLD).open(blob, column=COLUMN, row=ROW)


def test_an_unknown_key_has_the_ring_read_anew() -> None:
    blob = Keyring(NEW).seal("text", column=COLUMN, row=ROW)
    ring = Keyring(OLD, lambda: NEW)
    assert ring.open(blob, column=COLUMN, row=ROW) == "text"
    assert ring.newest == "k2"


LOST: dict[str, Mapping[str, bytes]] = {
    "the old key": {"index": INDEX, "k2": SECOND},
    "the old key, its name given to another": {"index": INDEX, "k1": SECOND, "k2": FIRST},
    "the index key": {"index": SECOND[::-1], "k1": FIRST, "k2": SECOND},
}


@pytest.mark.parametrize("ring", LOST.values(), ids=list(LOST))
def test_a_ring_read_anew_that_lost_a_key_is_not_taken(ring: Mapping[str, bytes]) -> None:
    kept = Keyring(OLD, lambda: ring)
    before, index = kept.seal("text", column=COLUMN, row=ROW), kept.index(COLUMN, "text")
    kept.refresh()
    assert kept.open(before, column=COLUMN, row=ROW) == "text"
    assert kept.index(COLUMN, "text") == index
    assert kept.newest == "k1"


@pytest.mark.parametrize(
    "fault",
    [BadKeys("holds no key"), FileNotFoundError(), UnicodeDecodeError("utf-8", b"", 0, 1, "")],
)
def test_a_spoilt_file_of_keys_is_one_sentence_and_the_keys_read_before_stay(
    fault: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    def spoilt() -> Mapping[str, bytes]:
        raise fault

    ring, blob = Keyring(OLD, spoilt), Keyring(NEW).seal("x", column=COLUMN, row=ROW)
    with pytest.raises(UnknownKey, match="k2 is not in DATA_KEYS"):
        ring.open(blob, column=COLUMN, row=ROW)
    (said,) = caplog.messages
    assert said.startswith("DATA_KEYS_FILE cannot be used")
    old = ring.seal("x", column=COLUMN, row=ROW)
    assert ring.open(old, column=COLUMN, row=ROW) == "x"


def test_a_ring_read_anew_while_another_thread_seals_harms_no_value(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ring = Keyring(OLD, lambda: NEW)

    def overtaken(size: int) -> bytes:
        ring.refresh()
        return secrets.token_bytes(size)

    monkeypatch.setattr(sealed, "secrets", SimpleNamespace(token_bytes=overtaken))
    blob = ring.seal("text", column=COLUMN, row=ROW)
    assert ring.open(blob, column=COLUMN, row=ROW) == "text"


def test_newest_is_the_last_key_written_and_seals() -> None:
    ring = Keyring({"index": INDEX, "k2": SECOND, "k1": FIRST})
    assert sealed.key_name(ring.seal("text", column=COLUMN, row=ROW)) == "k1"


@given(texts, texts)
def test_an_index_tells_values_apart_and_is_always_the_same(one: str, other: str) -> None:
    indexes = Keyring(OLD).index(COLUMN, one), Keyring(NEW).index(COLUMN, other)
    assert (indexes[0] == indexes[1]) == (one == other)


@given(texts)
def test_an_index_differs_by_column_and_by_key(value: str) -> None:
    other = Keyring({**OLD, "index": SECOND})
    assert Keyring(OLD).index(COLUMN, value) != Keyring(OLD).index("donor.address", value)
    assert Keyring(OLD).index(COLUMN, value) != other.index(COLUMN, value)


@given(st.sampled_from(["k1", "k2"]))
def test_a_prefix_finds_the_blobs_of_one_key(name: str) -> None:
    ring = Keyring(OLD if name == "k1" else NEW)
    blob = ring.seal("text", column=COLUMN, row=ROW)
    assert [n for n in ("k", "k1", "k2") if blob.startswith(sealed.prefix(n))] == [name]
