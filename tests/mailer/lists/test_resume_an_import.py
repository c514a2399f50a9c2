"""Killed at any point, an import goes on where it stopped: each row is stored once."""

import io
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select

from config import limits
from config.settings import ROOT, Settings
from db.session import transaction
from mailer.lists import imports
from mailer.lists.imports import ImportOvertaken
from mailer.models.subscribers import ConsentEvent, Subscriber, SubscriberTopic
from mailer.models.transfers import SubscriberImport
from tests import processes
from tests.mailer.lists.conftest import HEADER, PROOF, Lists, counts
from tests.mailer.lists.victim import CHUNK, POINTS

ROWS = 35
"""Three chunks and a half; every seventh row is refused."""
WHOLE = {"subscriber": 30, "consent_event": 30, "subscriber_topic": 30, "subscriber_import": 1}


def content(rows: int = ROWS) -> str:
    return HEADER + "".join(
        f"r{n}@example.org,{'sports' if n % 7 == 6 else 'courts'},en,{PROOF},\n"
        for n in range(rows)
    )


def kill_at(point: str, number: int, *, file: Path, settings: Settings) -> None:
    victim = [sys.executable, "-m", "tests.mailer.lists.victim", str(file), point, str(number)]
    ended = subprocess.run(
        victim, cwd=ROOT, env=processes.environ(settings), check=False, timeout=60
    )
    assert ended.returncode == -signal.SIGKILL


def stored() -> dict[str, int]:
    with transaction() as session:
        return {
            model.__tablename__: session.scalar(select(func.count()).select_from(model)) or 0
            for model in (Subscriber, ConsentEvent, SubscriberTopic, SubscriberImport)
        }


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize("point", POINTS)
def test_each_row_is_imported_once(
    lists: Lists, settings: Settings, tmp_path: Path, point: str, number: int
) -> None:
    file = tmp_path / "list.csv"
    file.write_text(content(), encoding="utf-8")
    kill_at(
        point, 1 if point.startswith("before the end") else number, file=file, settings=settings
    )
    assert counts(lists.take(content())) == (30, 0, 0, 5)
    assert stored() == WHOLE
    assert [int(line.split(":")[0]) for line in lists.reasons()] == [8, 15, 22, 29, 36]


def test_a_killed_import_kept_whole_chunks(
    lists: Lists, settings: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "list.csv"
    file.write_text(content(), encoding="utf-8")
    kill_at("within a chunk, after its rows", 3, file=file, settings=settings)
    with transaction() as session:
        row = session.query(SubscriberImport).one()
        assert (row.rows_done, row.finished_at) == (2 * CHUNK, None)
    assert stored()["subscriber"] == 2 * CHUNK - 2


def test_a_torn_line_of_the_refused_is_written_anew(
    lists: Lists, settings: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "list.csv"
    file.write_text(content(), encoding="utf-8")
    kill_at("after the progress is noted", 2, file=file, settings=settings)
    with lists.refused.open("a", encoding="utf-8") as refused:
        refused.write("1")
    lists.take(content())
    assert len(lists.reasons()) == 5


def test_a_changed_file_is_another_import(lists: Lists) -> None:
    lists.take(content(3))
    assert lists.take(content(4)).import_id == 2
    assert stored()["subscriber"] == 4


def test_one_file_is_not_imported_twice_at_once(lists: Lists) -> None:
    importer, opened, source = lists.opened(io.BytesIO(content(3).encode()))
    other, opened_too, _ = lists.opened(io.BytesIO(content(3).encode()))
    first = importer.run(opened, source)
    next(first)
    with pytest.raises(ImportOvertaken, match="another process"):
        next(other.run(opened_too, source))
    *_, progress = first
    assert counts(progress) == (3, 0, 0, 0)


def test_a_run_that_was_overtaken_stores_nothing(lists: Lists) -> None:
    lists.take(content(3))
    with transaction() as session:
        progress = imports.Progress(1, session.query(SubscriberImport).one().created_at, rows=7)
    with pytest.raises(ImportOvertaken), transaction() as session:
        imports.note(session, progress, before=0)


def test_long_rows_make_short_chunks(lists: Lists, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LIST_CHUNK_CHARACTERS", 100)
    importer, opened, source = lists.opened(io.BytesIO(content(9).encode()))
    steps = [step.rows for step in importer.run(opened, source)]
    assert len(steps) == 1 + 3
