"""The journal: what was noted is read back, whatever became of the holder, the disk or the machine."""

import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta, timezone
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailer import journal
from mailer.deliveries import Outcome
from mailer.journal import Journal, Orphan
from mailer.models.deliveries import DeliveryState

ids = st.integers(1, 2**63 - 1)
zones = st.integers(-14, 14).map(lambda hours: timezone(timedelta(hours=hours)))
outcomes = st.builds(
    Outcome,
    ids,
    st.sampled_from(DeliveryState),
    reason=st.none() | st.text(max_size=80),
    next_try_at=st.none() | st.datetimes(timezones=zones),
    doubt=st.booleans(),
    suppress=st.booleans(),
)
again = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def read(folder: Path) -> list[Orphan]:
    """Take the journals of the dead, and remove them."""
    with journal.orphans(folder) as found:
        return found


def left_behind(folder: Path, *notes: Callable[[Journal], None]) -> Path:
    """Leave a journal as a kill would; return its file."""
    holder = uuid4()
    made = Journal(folder, holder)
    for note in notes:
        note(made)
    made.abandon()
    return folder / f"{holder}.journal"


@contextmanager
def full_disk(room: int) -> Iterator[None]:
    """Let no file grow beyond `room` bytes: the kernel then writes in part or not at all."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@given(replies=st.lists(outcomes, max_size=8), offers=st.lists(ids, max_size=8))
@again
def test_what_was_noted_is_read_back(
    tmp_path: Path, replies: list[Outcome], offers: list[int]
) -> None:
    file = left_behind(
        tmp_path,
        *[lambda made, n=n: made.offer(n) for n in offers],
        *[lambda made, o=o: made.reply(o) for o in replies],
    )
    (orphan,) = read(tmp_path)
    assert orphan.outcomes == replies
    assert orphan.unanswered == set(offers) - {reply.delivery_id for reply in replies}
    assert (orphan.holder, orphan.same_boot) == (UUID(file.stem), True)
    assert not file.exists()


@given(reply=outcomes, cut=st.integers(1, 400))
@again
def test_a_line_that_was_torn_is_as_if_it_had_not_been_written(
    tmp_path: Path, reply: Outcome, cut: int
) -> None:
    file = left_behind(tmp_path, lambda made: made.offer(7))
    whole = file.read_bytes()
    other = left_behind(tmp_path, lambda made: made.offer(7), lambda made: made.reply(reply))
    line = other.read_bytes()[len(whole) :]
    other.write_bytes(whole + line[: min(cut, len(line) - 1)])
    found = read(tmp_path)
    assert [(o.outcomes, o.unanswered, o.same_boot) for o in found] == [([], {7}, True)] * 2


@pytest.mark.parametrize(
    "damage",
    [
        b"\0\0\0\0\n",
        b"\xff\xfe \n",
        b"offer \n",
        b"offer x\n",
        b"reply 8 [\n",
        b"reply 8 []\n",
        b'reply 8 ["accepted", null, 7, false, false]\n',
        b'reply 8 ["nonsense", null, null, false, false]\n',
    ],
)
def test_a_damaged_line_proves_nothing_and_stops_nobody(tmp_path: Path, damage: bytes) -> None:
    file = left_behind(tmp_path, lambda made: made.offer(7))
    file.write_bytes(file.read_bytes() + damage + b"offer 9\n")
    (orphan,) = read(tmp_path)
    assert (orphan.unanswered, orphan.outcomes) == ({7}, [])
    assert orphan.same_boot is False


def test_a_file_that_is_not_ours_is_left_alone(tmp_path: Path) -> None:
    stray = tmp_path / "notes of a person.journal"
    stray.write_text("boot\n", encoding="utf-8")
    left_behind(tmp_path)
    assert len(read(tmp_path)) == 1
    assert stray.exists()


def test_a_journal_of_another_boot_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left_behind(tmp_path, lambda made: made.offer(7))
    other = tmp_path / "boot_id"
    other.write_text("another boot\n", encoding="ascii")
    monkeypatch.setattr(journal, "_BOOT_ID", other)
    (orphan,) = read(tmp_path)
    assert (orphan.same_boot, orphan.unanswered) == (False, {7})


@pytest.mark.parametrize("content", [b"", b"boot ", b"boot something else\n"])
def test_a_journal_without_its_boot_proves_nothing(tmp_path: Path, content: bytes) -> None:
    left_behind(tmp_path).write_bytes(content)
    assert [orphan.same_boot for orphan in read(tmp_path)] == [False]


def test_a_living_journal_is_not_taken(tmp_path: Path) -> None:
    with Journal(tmp_path, uuid4()) as living:
        living.offer(7)
        assert read(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_a_journal_is_left_behind_where_something_went_wrong(tmp_path: Path) -> None:
    with suppress(KeyboardInterrupt), Journal(tmp_path, uuid4()) as broken:
        broken.offer(7)
        raise KeyboardInterrupt
    assert [orphan.unanswered for orphan in read(tmp_path)] == [{7}]


def test_two_that_recover_at_once_do_not_get_the_same_journal(tmp_path: Path) -> None:
    for _ in range(3):
        left_behind(tmp_path)
    with journal.orphans(tmp_path) as first, journal.orphans(tmp_path) as second:
        assert (len(first), len(second)) == (3, 0)


def test_a_recovery_that_failed_leaves_the_journals_for_the_next(tmp_path: Path) -> None:
    left_behind(tmp_path)
    with suppress(KeyboardInterrupt), journal.orphans(tmp_path):
        raise KeyboardInterrupt
    assert len(read(tmp_path)) == 1


def test_a_cleared_journal_has_forgotten_all_but_its_boot(tmp_path: Path) -> None:
    left_behind(tmp_path, lambda made: made.offer(7), Journal.clear, lambda made: made.offer(8))
    assert [(o.unanswered, o.same_boot) for o in read(tmp_path)] == [({8}, True)]


def test_no_folder_means_no_orphans(tmp_path: Path) -> None:
    assert read(tmp_path / "none") == []


def test_a_journal_can_be_read_by_its_owner_alone(tmp_path: Path) -> None:
    file = left_behind(tmp_path / "journals")
    assert file.stat().st_mode & 0o077 == 0
    assert file.parent.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("room", range(8))
def test_a_full_disk_is_an_error_and_the_torn_line_is_not_believed(
    tmp_path: Path, room: int
) -> None:
    made = Journal(tmp_path, uuid4())
    made.offer(6)
    size = next(tmp_path.iterdir()).stat().st_size
    with full_disk(size + room), pytest.raises(OSError, match=r"full|large"):
        made.offer(7)
    made.abandon()
    assert [orphan.unanswered for orphan in read(tmp_path)] == [{6}]


def test_a_full_disk_at_the_beginning_leaves_no_file_and_no_descriptor(tmp_path: Path) -> None:
    open_before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(5):
        with full_disk(3), pytest.raises(OSError, match=r"full|large"):
            Journal(tmp_path, uuid4())
    assert list(tmp_path.iterdir()) == []
    assert len(list(Path("/proc/self/fd").iterdir())) == open_before


def test_an_outcome_without_a_next_try_has_none(tmp_path: Path) -> None:
    reply = Outcome(7, DeliveryState.ACCEPTED, next_try_at=None)
    left_behind(tmp_path, lambda made: made.reply(reply))
    assert read(tmp_path)[0].outcomes[0].next_try_at is None


def test_a_time_keeps_its_zone(tmp_path: Path) -> None:
    at = datetime.fromisoformat("2026-11-22T12:00:00.000001+05:45")
    left_behind(
        tmp_path, lambda made: made.reply(Outcome(7, DeliveryState.DEFERRED, next_try_at=at))
    )
    assert read(tmp_path)[0].outcomes[0].next_try_at == at
