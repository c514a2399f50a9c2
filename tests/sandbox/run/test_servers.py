import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from sandbox import processes
from sandbox.embedded import Embedded
from sandbox.errors import SandboxError
from sandbox.servers import Postgres, Valkey
from tests.sandbox.run import product

CRASH = """
import os, pathlib, sys
from sandbox import servers
server = getattr(servers, sys.argv[1])(pathlib.Path(sys.argv[2]))
server.start()
print(server.pid, flush=True)
os.kill(os.getpid(), 9)
"""


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    with Postgres(tmp_path_factory.mktemp("own") / "pg", durable=False) as server:
        yield server


def connect(url: str) -> psycopg.Connection:
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True)


def crash(kind: str, folder: Path) -> int:
    """Start a server in a process that is then killed; return the server's id."""
    done = subprocess.run(
        [sys.executable, "-c", CRASH, kind, str(folder)],
        cwd=product.HOUSE,
        capture_output=True,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    return int(done.stdout)


def test_a_database_is_a_copy_of_its_template(postgres: Postgres) -> None:
    with connect(postgres.create_database("first")) as first:
        first.execute("CREATE TABLE noun (name text)")
    with connect(postgres.create_database("second", template="first")) as second:
        assert second.execute("SELECT count(*) FROM noun").fetchone() == (0,)


def test_a_dropped_database_is_gone_whoever_uses_it(postgres: Postgres) -> None:
    with connect(postgres.create_database("short-lived")) as user:
        postgres.drop_database("short-lived")
        with pytest.raises(psycopg.OperationalError):
            user.execute("SELECT 1")
    postgres.drop_database("short-lived")


def test_it_listens_on_no_port_and_sorts_the_same_everywhere(postgres: Postgres) -> None:
    assert postgres.ask("SHOW listen_addresses") == ""
    assert postgres.ask("SELECT datlocprovider FROM pg_database WHERE datname = 'postgres'") == "b"


def test_asking_a_table_that_is_not_there_is_no_error(postgres: Postgres) -> None:
    assert postgres.ask("SELECT version_num FROM nowhere") is None
    assert postgres.ask("SELECT 1 WHERE false") is None


def test_a_failed_statement_is_not_in_the_log(postgres: Postgres) -> None:
    with connect(postgres.url()) as connection, pytest.raises(psycopg.errors.DivisionByZero):
        connection.execute("SELECT 'amira@example.org', 1/0")
    log = (postgres.folder / "log").read_text()
    assert "division by zero" in log
    assert "amira" not in log


def test_a_second_process_may_not_start_it_too(postgres: Postgres) -> None:
    with pytest.raises(SandboxError, match=f"in use by process {os.getpid()}"):
        Postgres(postgres.folder).start()
    assert postgres.ping()


def test_postgres_keeps_its_data_through_the_death_of_its_parent(tmp_path: Path) -> None:
    folder = tmp_path / "pg"
    with Postgres(folder) as first, connect(first.url()) as connection:
        connection.execute("CREATE TABLE kept (name text)")
    assert product.gone([crash("Postgres", folder)])
    with Postgres(folder) as again:
        assert again.ask("SELECT count(*) FROM kept") == 0


def test_an_id_that_became_another_programs_does_not_hinder_postgres(tmp_path: Path) -> None:
    folder = tmp_path / "pg"
    with Postgres(folder, durable=False) as server:
        lines = (server.data / "postmaster.pid").read_text().splitlines()
    stale = "\n".join([str(os.getppid()), *lines[1:]]) + "\n"
    (folder / "data" / "postmaster.pid").write_text(stale)
    with Postgres(folder, durable=False) as server:
        assert server.ping()


def test_valkey_keeps_its_data_through_the_death_of_its_parent(tmp_path: Path) -> None:
    folder = tmp_path / "vk"
    with Valkey(folder) as first, redis.Redis.from_url(first.url()) as client:
        client.set("kept", "yes")
    assert product.gone([crash("Valkey", folder)])
    with Valkey(folder) as again, redis.Redis.from_url(again.url()) as client:
        assert client.get("kept") == b"yes"


def test_a_server_whose_tie_was_cut_is_ended_by_the_next_start(tmp_path: Path) -> None:
    folder = tmp_path / "vk"
    first = Valkey(folder)
    first.start()
    old = first.pid
    assert old is not None
    first._lock.release()  # noqa: SLF001 - as the kernel does when the holder is killed
    with Valkey(folder) as second:
        assert second.pid != old
        assert not processes.command_line(old)
    first.stop()


@pytest.mark.parametrize("kind", [Postgres, Valkey])
def test_a_deep_and_oddly_named_folder_is_no_hindrance(
    tmp_path: Path, kind: type[Embedded]
) -> None:
    folder = tmp_path / ("deep" * 30) / "with space, comma %41 and ünicode"
    with kind(folder, durable=False) as server:
        assert server.ping()
    assert not list(Path("/tmp").glob(f"samizdat-*/{folder.name}"))  # noqa: S108 - looks only


@pytest.mark.parametrize("kind", [Postgres, Valkey])
def test_stopping_twice_or_before_the_start_is_no_error(
    tmp_path: Path, kind: type[Embedded]
) -> None:
    server = kind(tmp_path / "server", durable=False)
    server.stop()
    server.start()
    server.stop()
    server.stop()
    assert not server.ping()


def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    folder = tmp_path / "vk"
    (folder / "appendonlydir").mkdir(parents=True)
    (folder / "appendonlydir" / "appendonly.aof.manifest").write_text("nonsense\n")
    with pytest.raises(SandboxError, match="Valkey did not start; its last words"):
        Valkey(folder).start()


def test_a_server_that_was_killed_is_mended(tmp_path: Path) -> None:
    said: list[str] = []
    with Valkey(tmp_path / "vk", durable=False) as server:
        server.mend(said.append)
        assert said == []
        assert server.pid is not None
        os.kill(server.pid, signal.SIGKILL)
        while not said:
            server.mend(said.append)
        assert server.ping()
    assert said[-1] == "starting Valkey again"
