"""The bell: it tells the workers that rows wait for them. A bell nobody hears costs seconds, never a mail."""

import logging

from celery import Celery
from kombu.exceptions import OperationalError

from config import limits
from wiring import names

log = logging.getLogger(__name__)


class Bell:
    """Rings tasks by name, best effort; call it after the commit."""

    def __init__(self, celery: Celery) -> None:
        self._celery = celery

    def ring(self, task: str, *arguments: int) -> bool:
        """Ring one task; return whether the broker took it. Never raises for a broker that is away."""
        try:
            self._celery.send_task(
                task,
                args=list(arguments),
                queue=names.QUEUE_OF[task],
                retry=False,
                ignore_result=True,
                # Bells that pile up in a long run say nothing new: the sweeper rings again anyway.
                expires=limits.BELL_SECONDS,
            )
        except (OperationalError, OSError) as error:
            log.warning("the bell was not heard: %s", type(error).__name__, extra={"task": task})
            return False
        return True
