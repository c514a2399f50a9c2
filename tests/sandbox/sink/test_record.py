"""The record: what was accepted, in memory and in a file."""

import json
from base64 import b64decode
from pathlib import Path

import pytest

from sandbox.sink.record import Record

MESSAGE = (
    b"Subject: x\r\nMESSAGE-ID:\r\n <one@example.org>\r\n\r\nMessage-ID: <body@example.org>\r\n"
)


def test_the_file_has_a_line_for_each_message_at_once(tmp_path: Path) -> None:
    file = tmp_path / "record.jsonl"
    record = Record(file, keep_bytes=True)
    record.add("list@example.org", ["амира@example.org"], MESSAGE)
    (line,) = map(json.loads, file.read_text("utf-8").splitlines())
    record.close()
    assert (line["sender"], line["recipient"]) == ("list@example.org", "амира@example.org")
    assert (line["message_id"], line["size"]) == ("<one@example.org>", len(MESSAGE))
    assert b64decode(line["content"]) == MESSAGE


def test_a_second_record_adds_to_the_file(tmp_path: Path) -> None:
    file = tmp_path / "record.jsonl"
    for _ in range(2):
        record = Record(file)
        record.add("list@example.org", ["amira@example.org"], MESSAGE)
        record.close()
    lines = file.read_text("utf-8").splitlines()
    assert len(lines) == 2
    assert "content" not in json.loads(lines[0])


def test_a_message_without_an_id_has_none() -> None:
    record = Record()
    record.add("", ["amira@example.org"], MESSAGE.partition(b"\r\n\r\n")[2])
    record.add("", ["amira@example.org"], b"Subject: x\r\n\r\nMessage-ID: <body@example.org>")
    assert [m.message_id for m in record.accepted] == ["<body@example.org>", ""]


def test_waiting_ends_with_the_message_or_the_time() -> None:
    record = Record()
    with pytest.raises(TimeoutError, match="0 messages, not 1"):
        record.wait_for(1, 0.01)
    record.add("", ["amira@example.org"], MESSAGE)
    assert len(record.wait_for(1, 0)) == 1
