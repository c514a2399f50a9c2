"""Where a row takes place: a fresh database, the product's processes, a sink for its mail."""

import json
import random
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Connection, NullPool, create_engine, text
from sqlalchemy.exc import OperationalError

from config.settings import ROOT, load
from db.base import db
from db.session import transaction
from sandbox.sink.record import Accepted
from sandbox.sink.rules import Rule
from sandbox.sink.server import Sink
from tests import builders, cast, processes
from tests.conftest import environment
from tests.faults import checker
from tests.faults.engines import Engines
from tests.faults.finding import Finding, Tally
from tests.faults.programs import Program
from web.app import create_app

CONNECTIONS = 4
"""How many processes send, each over a connection of its own."""
FINISH_SECONDS = 120

_HASTEN = (
    "UPDATE delivery SET next_try_at = now() WHERE state = 'deferred' AND next_try_at > now()",
    "UPDATE batch SET due_at = now() WHERE closed_at IS NULL AND holder IS NULL",
    # All readers are at one domain, which the 4xx of a row have slowed down.
    "DELETE FROM pace",
)


class Site:
    """What a row works with; `long` asks for its whole length, `dice` are its own."""

    def __init__(self, engines: Engines, folder: Path, name: str, *, long: bool) -> None:
        self.engines, self.folder, self.long = engines, folder, long
        self.dice = random.Random(name)  # noqa: S311 - a fault plan that can be repeated
        self.sink = Sink()
        self.port = processes.free_port()
        self.strikes: list[float] = []
        self.ends: list[float] = []
        #: Addresses that get mails which belong to no announcement.
        self.others: set[str] = set()
        self._running: list[Program] = []
        self._before: list[Accepted] = []
        self.name, self._stack = name, ExitStack()
        self._url = engines.database(name)

    @contextmanager
    def open(self) -> Iterator["Site"]:
        """Open the sink and the app, hire two people; end all that the row started."""
        with self._stack:
            self._stack.enter_context(self.sink)
            self.environ = self._environ()
            self.app = self._app()
            self._stack.enter_context(self.app.app_context())
            self._stack.callback(db.engine.dispose)
            self.author = self.hire("chen", "author")
            self.approver = self.hire("dana", "approver")
            builders.topic()
            yield self

    def _environ(self) -> dict[str, str]:
        return environment(
            self._url,
            self.engines.valkey.url(),
            self.folder / "state",
            SMTP_URL=f"smtp://127.0.0.1:{self.sink.port}",
            BASE_URL=f"http://127.0.0.1:{self.port}",
        )

    def _app(self) -> Flask:
        return create_app(load(self.environ, local=self.folder / "none.env"))

    def hire(self, name: str, role: str) -> cast.Staff:
        """Hire one more person."""
        member = cast.hire(name, role)
        self.others.add(member.email)
        return member

    # -- Processes ---------------------------------------------------------------------------------

    def start(self, *words: str, before: Sequence[str] = (), **more: str) -> Program:
        """Start `python -m …` with settings changed by `more`; it is killed when the row ends."""
        settings = load(self.environ | more, local=self.folder / "none.env")
        log = self.folder / f"{self.name}-{words[0]}.log"
        program = Program(*words, env=processes.environ(settings), log=log, before=before)
        self._stack.callback(program.kill)
        self._running.append(program)
        return program

    def pause(self) -> None:
        """Kill every process of the product."""
        for program in self._running:
            program.kill()

    def send(self, *, before: Sequence[str] = (), **more: str) -> Program:
        """Start a worker that sends announcements over several connections."""
        return self.start(*processes.worker("bulk", CONNECTIONS), before=before, **more)

    def keep(self, **more: str) -> tuple[Program, Program]:
        """Start what keeps house: a worker for everything but announcements, and beat."""
        keeper = self.start(*processes.worker("tx,hooks,maint", 1), **more)
        return keeper, self.start(*processes.beat(self.folder), **more)

    def serve(self, **more: str) -> str:
        """Serve the web; return its address once it answers."""
        self.start(*processes.web(self.port), "--workers", "2", **more)
        processes.wait_until(lambda: processes.answers(self.port))
        return f"http://127.0.0.1:{self.port}"

    def flask(self, *words: str) -> str:
        """Run a command to its end and return what it printed."""
        env = processes.environ(load(self.environ, local=self.folder / "none.env"))
        argv = [sys.executable, "-m", "flask", *words]
        made = subprocess.run(argv, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
        if made.returncode:
            raise RuntimeError(f"flask {words[0]} {words[1]} failed: {made.stderr[-300:]}")
        return made.stdout

    # -- What is sent ------------------------------------------------------------------------------

    def announce(self, readers: int) -> int:
        """Announce a release to that many readers; return the announcement's id."""
        builders.subscribers(readers)
        people = ("--author", self.author.email, "--approver", self.approver.email)
        said = self.flask("announcements", "send", builders.release(), *people, "--json")
        return int(json.loads(said)["id"])

    def sent(self, count: int, seconds: float = FINISH_SECONDS) -> None:
        """Wait until the sink took that many mails; TimeoutError where it does not."""
        try:
            self.sink.wait_for(count - len(self._before), seconds)
        except TimeoutError as late:
            raise TimeoutError(f"{late} {self._dead()}") from None

    def _dead(self) -> str:
        died = sum(program.died for program in self._running)
        return f"{died} processes ended by themselves; see {self.folder}." if died else ""

    def send_all(self, readers: int, *, hasten: bool = False) -> int:
        """Announce to that many readers, send to the end, and return the announcement's id."""
        self.keep()
        self.send()
        id_ = self.announce(readers)
        self.finish(id_, hasten=hasten)
        return id_

    def finish(self, id_: int, *, hasten: bool = False, seconds: float = FINISH_SECONDS) -> None:
        """Wait until the announcement is finished; `hasten` makes every wait for a retry end at once."""
        give_up = time.monotonic() + seconds
        while not self._finished(id_):
            if time.monotonic() > give_up:
                raise TimeoutError(
                    f"not finished within {seconds:.0f} s: {self.states(id_)} {self._dead()}"
                )
            if hasten:
                self.hasten()
            time.sleep(0.2)

    def _finished(self, id_: int) -> bool:
        try:
            rows = self.rows("SELECT state FROM announcement WHERE id = :id", id=id_)
        except OperationalError:
            return False  # the row has just taken the database away
        return bool(rows[0][0] == "finished")

    def frozen(self, id_: int) -> None:
        """Wait until the whole audience is in the ledger."""
        self.wait_for("SELECT state = 'sending' FROM announcement WHERE id = :id", id=id_)

    def wait_for(self, query: str, **values: object) -> None:
        """Wait until a query answers true; TimeoutError where it does not."""
        processes.wait_until(lambda: self.rows(query, **values)[0][0])

    def hasten(self) -> None:
        """Make every wait for a retry end now."""
        for statement in _HASTEN:
            self.rows(statement)

    def states(self, id_: int) -> dict[str, int]:
        """Count the deliveries by state."""
        query = "SELECT state, count(*) FROM delivery WHERE announcement_id = :id GROUP BY state"
        return dict([tuple(row) for row in self.rows(query, id=id_)])

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        """Give a connection of its own in a transaction, which is committed at the end of the block."""
        with create_engine(self._url, poolclass=NullPool).begin() as connection:
            yield connection

    def rows(self, query: str, **values: object) -> Sequence[Any]:
        """Run a statement on a connection of its own; return its rows."""
        with self.connected() as connection:
            done = connection.execute(text(query), values)
            return done.all() if done.returns_rows else []

    def back_up(self) -> str:
        """Copy the database, which nobody may use meanwhile; return the copy's name."""
        db.engine.dispose()
        copy = f"{self.name}-backup"
        self.engines.postgres.create_database(copy, template=self.name)
        return copy

    def restore(self, copy: str) -> None:
        """Put a copy in the place of the database, whoever is connected to it."""
        db.engine.dispose()
        self.engines.postgres.drop_database(self.name)
        self.engines.postgres.create_database(self.name, template=copy)

    # -- The sink ----------------------------------------------------------------------------------

    def misbehave(self, rules: Iterable[Rule]) -> None:
        """Have the sink follow these rules from now on."""
        self.sink.rules = tuple(rules)

    def reopen_sink(self) -> None:
        """Open the sink again, on the port it had, after it was stopped."""
        self._before += self.sink.accepted
        self.sink = Sink(port=self.sink.port)
        self._stack.enter_context(self.sink)

    @property
    def accepted(self) -> list[Accepted]:
        """All that the sink took, before it was closed and since."""
        return [*self._before, *self.sink.accepted]

    def got(self, address: str) -> list[Accepted]:
        """Return the mails to one address."""
        return [mail for mail in self.accepted if mail.recipient == address]

    def struck(self) -> None:
        """Note that a fault struck now, all of it in this moment."""
        self.strikes.append(time.time())

    def healed(self) -> None:
        """Note that a fault which lasted is over now."""
        self.ends.append(time.time())

    # -- What came of it ---------------------------------------------------------------------------

    def tally(self, id_: int) -> Tally:
        """Compare the sink with the ledger."""
        db.engine.dispose()  # what it keeps may lead to a server that was killed
        with transaction() as session:
            return checker.tally(session, id_, self.accepted, others=self.others)

    def finding(
        self, id_: int, *, rounds: int, faults: Sequence[str] = (), **goals: Any
    ) -> Finding:
        """Return the row's outcome; `goals` are the fields of a finding."""
        return Finding(
            self.tally(id_),
            rounds,
            recovered=self._recovered(),
            faults=[*faults, *checker.ids_differ(self.accepted)],
            **goals,
        )

    def _recovered(self) -> float | None:
        silence = checker.longest_silence(self.accepted, self.strikes) if self.strikes else None
        wait = checker.longest_wait(self.accepted, self.ends)
        return max((each for each in (silence, wait) if each is not None), default=None)
