"""Tasks that move deliveries: a slice of sending for each queue, and the sweeper."""

from collections.abc import Callable
from time import monotonic, sleep

from celery import shared_task
from sqlalchemy.orm import Session

from config import limits
from db.session import transaction
from mailer import (
    announcements,
    claims,
    closing,
    control,
    epochs,
    paces,
    relays,
    requests,
    schedules,
    telling,
)
from mailer.models.deliveries import Queue
from wiring import names
from wiring.core import core
from worker.office import office


@shared_task(name=names.SEND_TX)
def send_tx() -> None:
    """Send single mails for a slice of time."""
    _send(Queue.TX, names.SEND_TX)


@shared_task(name=names.SEND_BULK)
def send_bulk() -> None:
    """Send an announcement's batches for a slice of time."""
    _send(Queue.BULK, names.SEND_BULK)


@shared_task(name=names.SWEEP)
def sweep() -> None:
    """Find what no bell told of: dead workers' journals, audiences to freeze, batches that are due."""
    office().recover()
    if not _beat():
        return
    # First, for staff must hear of what is wrong although something below may fail.
    _ring_for(telling.waiting, names.TELL)
    with transaction() as session:
        schedules.start_due(session, now=paces.clock(session))
    _skip_cancelled()
    with transaction() as session:
        now = paces.clock(session)
        control.finish_drained(session, now=now)
        paces.forget_quiet(session, now=now)
        preparing = announcements.preparing(session)
        due = {queue: _due(session, queue) for queue in Queue}
    _ring_for(closing.over, names.CLOSE)
    _ring_for(_asked, names.ANSWER)
    for announcement_id in preparing:
        core().bell.ring(names.FREEZE, announcement_id)
    for queue, task in ((Queue.TX, names.SEND_TX), (Queue.BULK, names.SEND_BULK)):
        for _ in range(due[queue]):
            core().bell.ring(task)


def _send(queue: Queue, task: str) -> None:
    stop_at = monotonic() + limits.SLICE_SECONDS
    while office().send_batch(queue, stop_at=stop_at) or _waits_a_moment(queue):
        if monotonic() >= stop_at:
            core().bell.ring(task)
            return
    # Whoever finds nothing more to send ends what is through; where several send, the sweeper may.
    with transaction() as session:
        control.finish_drained(session, now=paces.clock(session))


def _waits_a_moment(queue: Queue) -> bool:
    """Wait for a batch that is due in a moment, as at a provider's cap; tell whether there is one."""
    with transaction() as session:
        seconds = claims.due_soon(session, queue, seconds=limits.SOON_SECONDS)
    if seconds is None:
        return False
    sleep(max(seconds, limits.SOON_SECONDS / 10))
    return True


def _skip_cancelled() -> None:
    closed = 1
    while closed:
        with transaction() as session:
            closed = control.skip_cancelled(session, now=paces.clock(session))


def _ring_for(look: Callable[[Session], object], task: str) -> None:
    """Ring a task where a look into the rows finds work for it."""
    with transaction() as session:
        found = look(session)
    if found:
        core().bell.ring(task)


def _asked(session: Session) -> bool:
    return requests.waiting(session, now=paces.clock(session))


def _beat() -> bool:
    """Tell whether mail may leave: not from a copy of the database that a backup was restored to."""
    with transaction() as session:
        return epochs.beat(session, folder=office().folder, now=paces.clock(session))


def _due(session: Session, queue: Queue) -> int:
    if not relays.may_try(session, office().wires.weights, now=paces.clock(session)):
        return 0
    return claims.due_batches(session, queue, limit=limits.BELLS)
