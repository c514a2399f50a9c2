"""The bell: it tells the workers that rows wait for them. A bell nobody hears costs seconds, never a mail."""

import logging
import threading

from celery import Celery
from kombu.exceptions import OperationalError

from config import limits
from wiring import names

log = logging.getLogger(__name__)


class Bell:
    """Rings tasks by name, best effort; call it after the commit."""

    def __init__(self, celery: Celery) -> None:
        self._celery = celery
        self._soon: set[str] = set()
        self._wake = threading.Condition()
        self._ringer: threading.Thread | None = None

    def ring(self, task: str, *arguments: int) -> bool:
        """Ring one task; return whether that bell waits at the broker. Never raises for one that is away."""
        try:
            self._celery.send_task(
                task,
                args=list(arguments),
                queue=names.QUEUE_OF[task],
                retry=False,
                ignore_result=True,
            )
        except (OperationalError, OSError) as error:
            log.warning("the bell was not heard: %s", type(error).__name__, extra={"task": task})
            return False
        return True

    def ring_soon(self, task: str) -> None:
        """Have a thread ring a task within a tenth of a second, once for all who ask meanwhile.

        A visitor waits for no broker, and a flood of posts is a few bells. A process that dies first
        leaves it to the sweeper.
        """
        with self._wake:
            self._soon.add(task)
            # Made here and not at the start: a thread does not survive gunicorn's fork.
            if self._ringer is None or not self._ringer.is_alive():
                self._ringer = threading.Thread(target=self._keep_ringing, name="bell", daemon=True)
                self._ringer.start()
            self._wake.notify()

    def _keep_ringing(self) -> None:
        pause = threading.Event()
        while True:
            with self._wake:
                self._wake.wait_for(lambda: bool(self._soon))
                tasks, self._soon = self._soon, set()
            for task in sorted(tasks):
                self.ring(task)
            pause.wait(limits.BELL_PAUSE_SECONDS)
