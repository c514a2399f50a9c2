import os
import signal
import socket
from pathlib import Path

import pytest

from sandbox import processes
from tests.sandbox.run import product
from tests.sandbox.run.conftest import Start

FAMILY = 7
"""Five services, and a process that each of the two celeries started."""


def test_it_tells_where_everything_is_and_who_may_sign_in(start: Start) -> None:
    running = start().until("logs")
    assert f"http://127.0.0.1:{running.web}/staff/" in running.said
    assert f"http://127.0.0.1:{running.stripe}/  (no real money)" in running.said
    assert "chen@example.org  password open sesame  (author)" in running.said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_being_asked_to_stop_ends_the_children_and_theirs(start: Start, number: int) -> None:
    running = start().until("logs")
    family = running.wait_for_family(FAMILY)
    assert running.stop(number) == 0
    assert product.gone(family)


def test_being_asked_while_it_starts_ends_it_too(start: Start, root: Path) -> None:
    (root / "slow").touch()
    running = start().until("bringing the tables up to date")
    assert running.stop() == 0
    assert "starting mailbox" not in running.said


def test_a_killed_parent_takes_its_children_with_it(start: Start) -> None:
    running = start().until("logs")
    leaders = list(running.pids().values())
    assert running.stop(signal.SIGKILL) == -signal.SIGKILL
    assert product.gone(leaders)


def test_what_a_killed_run_left_is_ended_by_the_next(start: Start) -> None:
    first = start().until("logs")
    family = first.wait_for_family(FAMILY)
    # A stopped process hears no signal but SIGKILL, so this one outlives its parent.
    os.kill(first.pids()["worker-bulk"], signal.SIGSTOP)
    first.stop(signal.SIGKILL)
    start().until("ending what an earlier run left behind").until("logs")
    assert product.gone(family)


def test_a_second_run_in_the_same_folder_is_refused(start: Start) -> None:
    first = start().until("logs")
    second = start()
    assert second.end() == 1
    assert f"runs from this folder already (process {first.process.pid})" in second.said
    assert first.process.poll() is None


def test_a_port_in_use_is_one_sentence_and_nothing_is_started(start: Start, root: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        running = start(PORT=str(port))
        assert running.end() == 1
    assert f"Port {port} is in use" in running.said
    assert "Traceback" not in running.said
    assert not (root / "calls").exists()


def test_what_dies_is_started_again_and_alone(start: Start) -> None:
    running = start().until("logs")
    before = running.pids()
    os.kill(before["web"], signal.SIGKILL)
    running.until("web ended (signal SIGKILL)").until("starting it again")
    assert product.eventually(lambda: running.pids()["web"] != before["web"])
    assert running.pids()["worker"] == before["worker"]


def test_a_failed_migration_shows_its_words_and_starts_no_service(start: Start, root: Path) -> None:
    (root / "unmigratable").touch()
    running = start()
    assert running.end() == 1
    assert "migrate failed" in running.said
    assert "the tables are in the way" in running.said
    assert "starting mailbox" not in running.said


def test_a_given_database_is_used_and_migrated_on_every_start(start: Start) -> None:
    start().until("logs").stop()
    second = start().until("logs")
    assert "starting PostgreSQL" not in second.said
    given = product.GIVEN["DATABASE_URL"]
    assert second.calls() == 2 * [f"db upgrade {given}", f"seed demo --json {given}"]


def test_a_given_stripe_is_used_and_ours_is_not_started(start: Start, root: Path) -> None:
    running = start(STRIPE_API_KEY="sk_test_of_their_own").until("logs")
    assert "stripe" not in running.pids()
    assert "no real money" not in running.said
    assert "sk_test_of_their_own" in (root / "var" / "local.env").read_text()


def test_what_signs_the_events_of_stripe_is_not_among_its_words(start: Start, root: Path) -> None:
    running = start().until("logs")
    words = processes.command_line(running.pids()["stripe"])
    secret = root / "var/keys/stripe-webhook"
    assert f"http://127.0.0.1:{running.web}/hooks/stripe --secret-file {secret}" in words
    assert secret.read_text().strip() not in words


def test_a_folder_that_is_not_ours_is_one_sentence(start: Start, root: Path) -> None:
    (root / "var").write_text("a file, where the folder should be")
    running = start()
    assert running.end() == 1
    assert f"{root / 'var' / 'log'} cannot be written" in running.said
    assert "Traceback" not in running.said


def test_with_nothing_given_it_starts_its_own_servers_and_ends_them(
    start: Start, root: Path
) -> None:
    running = start(servers=True).until("logs")
    settings = (root / "var" / "local.env").read_text()
    assert f"host={root}/var/postgres/data" in settings or "host=/tmp/samizdat-" in settings
    postmaster = int((root / "var/postgres/data/postmaster.pid").read_text().split()[0])
    assert running.stop() == 0
    assert product.gone([postmaster])


def test_a_second_start_on_its_own_servers_fills_nothing_again(start: Start) -> None:
    start(servers=True).until("logs").stop()
    second = start(servers=True).until("logs")
    assert len(second.calls()) == 2
    assert "password open sesame" in second.said


def test_a_new_migration_fills_again(start: Start, root: Path) -> None:
    start(servers=True).until("logs").stop()
    (root / "db/migrations/versions/0002_more.py").write_text("")
    assert len(start(servers=True).until("logs").calls()) == 4


def test_a_server_that_dies_is_started_again(start: Start, root: Path) -> None:
    running = start(servers=True).until("logs")
    os.kill(int((root / "var/valkey/pid").read_text()), signal.SIGKILL)
    running.until("Valkey ended").until("starting Valkey again")
    assert product.eventually((root / "var/valkey/valkey.sock").exists)


def test_the_logs_of_the_last_run_are_kept_beside_the_new(start: Start, root: Path) -> None:
    start().until("logs").stop()
    (root / "var/log/web.log").write_text("from the last run\n")
    start().until("logs")
    assert (root / "var/log/web.old").read_text() == "from the last run\n"
    assert "from the last run" not in (root / "var/log/web.log").read_text()
