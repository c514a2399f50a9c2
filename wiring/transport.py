"""How a bell travels over Redis: kombu's transport, but no queue holds a bell twice, and none is put back.

A bell that still waits will be heard later than now, so that another of its kind says nothing new. Whoever
rings looks first, and a night without workers leaves a handful of bells behind. That needs no clock; an
expiry is read by the clock of whoever hears it, and a worker whose clock is ahead would hear nothing.

kombu records what is unacknowledged to ring again what a worker took and did not finish, and it fails in
the act: once the broker is gone it asks a closed connection where Redis is (kombu 5.7.0, celery 5.7.0),
which is no connection error, so the worker's main loop ends. The rows bring every lost bell back; nothing
here has to. An acknowledgement is then a note in the worker's own memory, and cannot fail.
"""

import json
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, redis

from wiring import names


class Channel(redis.Channel):
    """A channel that writes down no unacknowledged message, and puts none back when it closes."""

    ack_emulation = False
    do_restore = False

    def _put(self, queue: str, message: dict[str, Any], **options: object) -> None:
        """Push a message, unless it is a bell of which enough wait; two who ring at once may both push."""
        task = _kind(message)[0]
        if task in names.QUEUE_OF and self._waiting(queue, message) >= names.waiting(task):
            return
        super()._put(queue, message, **options)  # type: ignore[no-untyped-call] # kombu has no types

    def _waiting(self, queue: str, message: dict[str, Any]) -> int:
        with self.conn_or_acquire() as client:
            there = client.lrange(queue, 0, -1)
        return [_kind(json.loads(text)) for text in there].count(_kind(message))


class Transport(redis.Transport):
    """Redis, over TCP, TLS or a socket, with the channel above."""

    Channel = Channel


def install() -> None:
    """Have kombu use this transport for every redis: address; call it before the first connection.

    By kombu's own names, because it takes the class from the address alone: redis+socket: reaches no other.
    """
    TRANSPORT_ALIASES.update(dict.fromkeys(("redis", "rediss"), f"{__name__}:{Transport.__name__}"))


def _kind(message: dict[str, Any]) -> tuple[str | None, str | None]:
    """Return the task and its arguments; nothing of it where a message is no bell."""
    headers = message.get("headers") or {}
    return headers.get("task"), headers.get("argsrepr")
