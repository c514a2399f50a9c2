"""What a second worker adds to one: beside it and near the relay, 10 ms away, and on a host of its own."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from sqlalchemy import text

from bench import announcement, distance, frozen, hosts, house, report
from bench.cpu import Meter
from bench.hosts import Host
from bench.house import House
from bench.report import Goal
from config.settings import ROOT
from db.session import transaction
from mailer import topics

READERS = 30_000
FEW, FEWER = 50, 300
"""One reader in FEW reads Spanish: the audience where each mail takes 10 ms. One in FEWER reads French."""
FULL = 0.9
"""The share of the cores in use from which on a second worker can add nothing here."""
SPANISH, FRENCH = ("es",), ("fr",)
_TEACH = text("""
    UPDATE subscriber SET language = CASE WHEN id % :few = 0 THEN 'es' ELSE 'fr' END
     WHERE id % :few = 0 OR id % :fewer = 1
""")


def main() -> None:
    """Measure and print."""
    with house.house() as ours:
        prepare(ours)
        here = (Host("first"), Host("second"))
        with announcement.sink() as near, distance.proxy(near) as far:
            compare("second-worker", ours, here, far, away=True)
            alone = compare("second-worker-near", ours, here, near)
            report.say(
                "cpu",
                sum(alone.cpu_us.values()),
                "us a mail, all programs",
                by_program=alone.cpu_us,
            )
        try:
            compare_hosts(ours)
        except hosts.Unavailable as fault:
            sys.stderr.write(f"second-host is not measured: {fault}\n")


def prepare(ours: House) -> None:
    """Make the readers."""
    with transaction() as session:
        topics.add(session, slug="releases", name="Press releases")
    ours.readers(f"reader{number}@example.net" for number in range(READERS))
    with transaction() as session:
        session.execute(_TEACH, {"few": FEW, "fewer": FEWER})


def compare_hosts(ours: House) -> None:
    """Compare one host with two, each in a network namespace; the relay is in a third, 10 ms away."""
    with (
        hosts.namespaces("first", "second") as (relay, both),
        announcement.sink(relay.inside) as near,
        distance.proxy(near, host="0.0.0.0", inside=relay.inside) as far,  # noqa: S104 - of a namespace that has a cable to each host and none besides
    ):
        compare("second-host", ours, both, far, away=True)


@dataclass(frozen=True, slots=True)
class Run:
    """One announcement: mails a second, the share of the cores in use, CPU for each mail by program."""

    rate: float
    busy: float
    cpu_us: dict[str, float]


def compare(name: str, ours: House, both: Sequence[Host], port: int, *, away: bool = False) -> Run:
    """Send by one worker, then by two; print what the second added, and return the first run.

    To a relay that is `away` go the few alone. There is a goal only while cores are left, whoever uses them.
    """
    with ExitStack() as stack:
        runs = list[Run]()
        for number, host in enumerate(both, 1):
            stack.enter_context(worker(ours, host, port))
            ours.wait_for_workers(number)
            runs.append(run(ours, SPANISH if away else ()))
    one, two = runs
    report.say(
        name,
        two.rate / one.rate - 1,
        "of the first one's mails/s, added",
        Goal(0.6) if two.busy < FULL else None,
        one=round(one.rate, 1),
        two=round(two.rate, 1),
        cores_in_use=[round(one.busy, 2), round(two.busy, 2)],
    )
    return one


def run(ours: House, languages: Sequence[str]) -> Run:
    """Announce to the readers of these languages, and watch it being sent."""
    # First to a few others: a worker's first mail waits for its connection and its templates.
    frozen.send(ours, frozen.announcement(languages=FRENCH))
    id_ = frozen.announcement(languages=languages)
    meter = Meter()
    sent = frozen.send(ours, id_)
    return Run(sent.rate, meter.busy(), meter.used(sent.mails))


@contextmanager
def worker(ours: House, host: Host, port: int) -> Iterator[None]:
    """Run a worker of one process on a host, with a state of its own, as long as the block lasts."""
    environ = {
        "SMTP_URL": f"smtp://{host.relay}:{port}?starttls=never",
        "STATE_DIR": str(ours.folder / f"state-{host.name}"),
    }
    celery = f"celery -A worker worker -Q bulk -c 1 -n bulk@{host.name} --loglevel WARNING"
    quiet = ("--without-gossip", "--without-mingle")
    log = ours.folder / f"{host.name}.log"
    with (
        log.open("ab") as out,
        subprocess.Popen(
            [*host.inside, sys.executable, "-m", *celery.split(), *quiet],
            cwd=ROOT,
            env=ours.environ | environ,
            stdout=out,
            stderr=out,
        ) as process,
    ):
        try:
            yield
        finally:
            process.terminate()


if __name__ == "__main__":
    main()
