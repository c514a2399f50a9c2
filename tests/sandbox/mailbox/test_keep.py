import signal
from pathlib import Path

import pytest

from sandbox.mailbox import store
from tests.sandbox.mailbox.running import RunningMailbox, mail


def add(kept: store.Store, *subjects: str) -> list[str]:
    return [
        kept.add(mail_from="", recipients=("a@example.org",), content=mail(subject)).id
        for subject in subjects
    ]


def subjects(folder: Path, keep: int = 100) -> list[str]:
    kept = store.Store(folder, keep=keep)
    kept.close()
    return [entry.subject for entry in kept.newest_first()]


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_an_accepted_mail_outlives_the_process(tmp_path: Path, end: signal.Signals) -> None:
    with RunningMailbox(tmp_path) as first:
        first.deliver("amira@example.org", mail("Kept"), sender="b+1@example.org")
        before = first.messages()
        first.stop(end)
    with RunningMailbox(tmp_path) as second:
        assert second.messages() == before
        assert second.get(f"/api/messages/{before[0]['id']}/raw").body == mail("Kept")
        assert second.get(f"/api/messages/{before[0]['id']}").json["mail_from"] == "b+1@example.org"


def test_the_oldest_make_room(tmp_path: Path) -> None:
    kept = store.Store(tmp_path, keep=3)
    gone, *_ = add(kept, *"abcde")
    kept.close()
    assert [entry.subject for entry in kept.newest_first()] == ["e", "d", "c"]
    assert kept.get(gone) is None
    assert len(list(tmp_path.glob("*.eml"))) == 3
    assert subjects(tmp_path) == ["e", "d", "c"]


def test_the_index_does_not_grow_for_ever(tmp_path: Path) -> None:
    kept = store.Store(tmp_path, keep=3)
    add(kept, *map(str, range(50)))
    kept.close()
    assert (tmp_path / store.INDEX_NAME).read_bytes().count(b"\n") <= 6
    assert subjects(tmp_path) == ["49", "48", "47"]


def test_a_smaller_number_is_kept_from_the_next_start(tmp_path: Path) -> None:
    kept = store.Store(tmp_path)
    add(kept, *"abc")
    kept.close()
    assert subjects(tmp_path, keep=2) == ["c", "b"]
    assert len(list(tmp_path.glob("*.eml"))) == 2


def test_ids_grow_although_everything_was_deleted(tmp_path: Path) -> None:
    kept = store.Store(tmp_path)
    before = add(kept, *"abc")
    assert kept.clear() == 3
    after = add(kept, *"de")
    kept.close()
    assert sorted(before + after) == before + after
    assert subjects(tmp_path) == ["e", "d"]


@pytest.mark.parametrize("torn", [b'\n{"id": "17', b"\n\xff\x00", b"\n[]", b'\n{"id": 1}\n'])
def test_a_torn_line_costs_no_other_message(tmp_path: Path, torn: bytes) -> None:
    kept = store.Store(tmp_path)
    add(kept, "before")
    with (tmp_path / store.INDEX_NAME).open("ab") as index:
        index.write(torn)
    add(kept, "after")
    kept.close()
    assert subjects(tmp_path) == ["after", "before"]


def test_what_a_dead_process_left_half_written_is_cleared(tmp_path: Path) -> None:
    kept = store.Store(tmp_path)
    add(kept, "whole")
    kept.close()
    (tmp_path / "1795000000000001.part").write_bytes(b"half")
    (tmp_path / "1795000000000002.eml").write_bytes(b"never acknowledged")
    (tmp_path / "mine.eml").write_bytes(b"somebody's own file")
    assert subjects(tmp_path) == ["whole"]
    assert len(list(tmp_path.glob("*.eml"))) == 2
    assert (tmp_path / "mine.eml").exists()


def test_a_message_whose_file_is_gone_is_not_listed(tmp_path: Path) -> None:
    kept = store.Store(tmp_path)
    (message_id,) = add(kept, "lost")
    (tmp_path / f"{message_id}.eml").unlink()
    assert kept.get(message_id) is None
    kept.close()
    assert subjects(tmp_path) == []


def test_mail_can_be_read_by_its_owner_only(tmp_path: Path) -> None:
    kept = store.Store(tmp_path / "mail")
    kept.close()
    assert (tmp_path / "mail").stat().st_mode & 0o077 == 0
