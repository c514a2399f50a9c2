"""The worker's app: `celery -A worker worker -Q tx,maint`, `-Q hooks`, `-Q bulk`; `celery -A worker beat`."""

import gc
import os
import sys
import threading

from celery import signals
from celery.app.task import Task
from celery.apps.worker import Worker
from celery.bootsteps import StartStopStep
from sqlalchemy.exc import DBAPIError

from config import limits, logging, settings
from db.base import db
from wiring import names
from wiring.core import CORE, core_app
from worker import outage, schedule

try:
    _settings = settings.load()
except settings.SettingsFault as fault:
    sys.exit("\n".join(fault.faults))

logging.configure(_settings.log_level)
core = core_app(_settings, keys_file=settings.data_keys_file())
"""The Flask app that gives tasks a database and gateways; it has no page."""

app = core.extensions[CORE].celery


class _InContext(Task):
    """A task that runs inside the core app's context, so that it can open a transaction.

    Where it loses the database it fails, and is rung again as soon as the database answers.
    """

    def __call__(self, *args: int) -> object:
        with core.app_context():
            try:
                return super().__call__(*args)
            except DBAPIError as error:
                if outage.is_one(error) and outage.ends():
                    core.extensions[CORE].bell.ring(self.name, *args)
                raise


class _EndWhenFailed(StartStopStep):
    """Ends a worker whose main loop failed, also where one of its tasks does not.

    Celery waits for the running tasks first, and such a worker hears no bell meanwhile; whoever
    watches it starts another as soon as it is gone.
    """

    def close(self, worker: Worker) -> None:
        if worker.exitcode:
            end = threading.Timer(limits.FAILED_WORKER_SECONDS, os._exit, [worker.exitcode])
            end.daemon = True
            end.start()


app.Task = _InContext
app.steps["worker"].add(_EndWhenFailed)
app.conf.update(
    beat_schedule=schedule.BEAT,
    imports=[
        "worker.tasks.announcements",
        "worker.tasks.books",
        "worker.tasks.checkouts",
        "worker.tasks.deliveries",
        "worker.tasks.donor_links",
        "worker.tasks.joining",
        "worker.tasks.money_tasks",
        "worker.tasks.plans",
        "worker.tasks.requests",
        "worker.tasks.retention",
        "worker.tasks.stripe_events",
    ],
)


@signals.setup_logging.connect
def _keep_our_logging(**_: object) -> None:
    """Celery sets up its own logging, which does not redact, unless somebody answers this signal."""


@signals.worker_ready.connect
def _look_around(**_: object) -> None:
    """A worker that comes back after a crash does not wait for beat to find what was left.

    Whoever hears these judges the journals of the dead before anything else, the senders too.
    """
    for task in (names.SWEEP, names.SEND_TX, names.SEND_BULK):
        core.extensions[CORE].bell.ring(task)


@signals.worker_process_init.connect
def _begin(**_: object) -> None:
    """A forked child must not talk over its parent's sockets, and may stand where another was killed."""
    with core.app_context():
        db.engine.dispose(close=False)
    # Soon, because its parent waits 4 s for it to be up, and a broker may be silent for longer.
    core.extensions[CORE].bell.ring_soon(names.SWEEP)
    # What the parent loaded is never garbage: a collection that looks through it all costs 20 ms each time.
    gc.freeze()
