"""`make run`: one parent that starts the whole of Samizdat here, and ends all of it with itself."""

import argparse
import contextlib
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from sandbox import (
    claims,
    commands,
    embedded,
    environment,
    filling,
    ports,
    processes,
    servers,
    signins,
    stopping,
    supervisor,
    tether,
)
from sandbox.errors import SandboxError

ROOT = Path(__file__).resolve().parent.parent
READY_SECONDS = 60
LOOK_SECONDS = 0.2
_STARTED = time.monotonic()


@dataclass
class Sandbox:
    """One run: where it keeps things, what it was given, whom it tells, what it has started."""

    root: Path
    var: Path
    given: Mapping[str, str]
    say: Callable[[str], None]
    stop: stopping.Stop = field(default_factory=stopping.Stop)
    at: ports.Ports = field(default_factory=ports.Ports)
    started: list[embedded.Embedded] = field(default_factory=list)
    environ: dict[str, str] = field(default_factory=dict)

    def run(self) -> None:
        """Start everything, and stay until asked to stop; raise StopRequest then, or SandboxError.

        1. Claim the folder, end what a killed run left, see that the ports are free.
        2. Start the servers that were not given; write the settings and the keys.
        3. Migrate, seed, start the services, wait for their pages, tell where they are.
        """
        with ExitStack() as ending:
            claim = claims.Claim(self.var)
            ending.callback(claim.release)
            claim.take(self.say)
            self.at = ports.chosen(self.given)
            ports.refuse_taken(self.at)
            for log in (self.var / "log").glob("*.log"):
                log.replace(log.with_suffix(".old"))
            self._settle(self._start_servers(ending))
            self._fill()
            self._serve(ending, claim)

    def _start_servers(self, ending: ExitStack) -> dict[str, str]:
        addresses = {"DATABASE_URL": "", "REDIS_URL": ""}
        log = self.var / "log"
        if not environment.has(self.given, "DATABASE_URL"):
            postgres = servers.Postgres(self.var / "postgres", log=log / "postgres.log")
            self._start_server(postgres, ending)
            addresses["DATABASE_URL"] = postgres.url()
        if not environment.has(self.given, "REDIS_URL"):
            valkey = servers.Valkey(self.var / "valkey", log=log / "valkey.log")
            self._start_server(valkey, ending)
            addresses["REDIS_URL"] = valkey.url()
        return addresses

    def _start_server(self, server: embedded.Embedded, ending: ExitStack) -> None:
        self.stop.check()
        self.say(f"starting {server.name}")
        server.start()
        ending.callback(server.stop)
        self.started.append(server)

    def _settle(self, addresses: Mapping[str, str]) -> None:
        environment.make_keys(self.var / "keys")
        told = environment.settings(self.given, addresses, self.at, var=self.var)
        environment.write(self.var / "local.env", told)
        self.environ = {**self.given, **told, "PYTHONUNBUFFERED": "1"}

    def _fill(self) -> None:
        signs = self.var / "demo.json"
        note = self._filling()
        if note and signs.exists() and note.done():
            return
        self.say("bringing the tables up to date")
        self._once(commands.migrate())
        self.say("seeding a small organisation, unless it is there")
        # Not to be left off half-way: the passwords it prints can be had only this once.
        signins.keep(signs, self._once(commands.seed(), check=lambda: None))
        if note:
            note.keep()

    def _filling(self) -> filling.Filling | None:
        """Return the note on our own database; a given one may change without us."""
        for server in self.started:
            if isinstance(server, servers.Postgres):
                return filling.Filling(self.root, self.var / "filled", server)
        return None

    def _once(self, command: commands.Command, *, check: Callable[[], None] | None = None) -> str:
        self.stop.check()
        return processes.run(
            command.name,
            command.argv,
            folder=self.root,
            environ=self.environ,
            log=self._log(command),
            check=check or self.stop.check,
        )

    def _log(self, command: commands.Command) -> Path:
        return self.var / "log" / f"{command.name}.log"

    def _serve(self, ending: ExitStack, claim: claims.Claim) -> None:
        with_stripe = environment.uses_our_stripe(self.given)
        services = commands.services(self.at, self.var, with_stripe=with_stripe)
        self.say(f"starting {', '.join(command.name for command in services)}")
        keeper = supervisor.Supervisor(self.root, self.environ, self.say, claim.note)
        ending.callback(keeper.stop, self.stop.impatient)
        keeper.start([processes.Child(c.name, c.argv, log=self._log(c)) for c in services])
        self._await_pages(keeper, services)
        self._tell()
        while True:
            self._look(keeper)

    def _await_pages(
        self, keeper: supervisor.Supervisor, services: Sequence[commands.Command]
    ) -> None:
        deadline = time.monotonic() + READY_SECONDS
        for command in services:
            while command.page is not None and not ports.answers(*command.page):
                self._look(keeper)
                if time.monotonic() > deadline:
                    log = self._log(command)
                    raise SandboxError(
                        f"{command.name} does not answer; its last words (of {log}):\n"
                        f"{processes.last_lines(log)}"
                    )

    def _look(self, keeper: supervisor.Supervisor) -> None:
        self.stop.check()
        keeper.look()
        for server in self.started:
            server.mend(self.say)
        time.sleep(LOOK_SECONDS)

    def _tell(self) -> None:
        self.say("ready")
        site = f"http://{ports.HOST}:{self.at.web}"
        stripe = f"http://{ports.HOST}:{self.at.stripe}/  (no real money)"
        rows = [
            ("site", f"{site}/"),
            ("staff", f"{site}/staff/"),
            *(("sign in", line) for line in signins.lines(self.var / "demo.json")),
            ("mailbox", f"http://{ports.HOST}:{self.at.mailbox}/"),
            *([("stripe", stripe)] if environment.uses_our_stripe(self.given) else []),
            ("logs", f"{self.var / 'log'}/"),
        ]
        write("\nSamizdat is running. Ctrl-C stops all of it and keeps the data.\n")
        for name, value in rows:
            write(f"  {name:8} {value}")
        write("")


def write(line: str) -> None:
    """Print a line at once; a terminal that has gone away is no reason to stop anything."""
    with contextlib.suppress(OSError):
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


def say(words: str) -> None:
    """Print one line of progress, with the seconds since the start."""
    write(f"[{time.monotonic() - _STARTED:4.1f} s] {words}")


def until_stopped(sandbox: Sandbox) -> int:
    """Run until asked to stop, which is success, or until it cannot go on; return the exit code."""
    sandbox.stop.listen()
    try:
        sandbox.run()
    except stopping.StopRequest:
        say("stopped; the data is kept")
    except SandboxError as error:
        write(f"\nSamizdat cannot run: {error}")
        return 1
    return 0


def main() -> int:
    """Read the command line and run the sandbox of this checkout."""
    parser = argparse.ArgumentParser(description="Run the whole of Samizdat on this machine.")
    parser.add_argument("--var", type=Path, default=ROOT / "var", help="where it keeps its data")
    parser.add_argument(
        "--tied", action="store_true", help="end when the process that started this one ends"
    )
    options = parser.parse_args()
    if options.tied:
        tether.tie_self(signal.SIGTERM)
    return until_stopped(Sandbox(ROOT, options.var.absolute(), environment.given(), say))


if __name__ == "__main__":
    sys.exit(main())
