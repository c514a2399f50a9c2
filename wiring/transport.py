"""How a bell travels over Redis: kombu's transport, but without its record of what is unacknowledged.

kombu keeps that record to ring again what a worker took and did not finish, and it fails in the act:
once the broker is gone it asks a closed connection where Redis is (kombu 5.7.0, celery 5.7.0), which is
no connection error, so the worker's main loop ends. The rows bring every lost bell back; nothing here
has to. An acknowledgement is then a note in the worker's own memory, and cannot fail.
"""

from kombu.transport import TRANSPORT_ALIASES, redis


class Channel(redis.Channel):
    """A channel that writes down no unacknowledged message, and puts none back when it closes."""

    ack_emulation = False
    do_restore = False


class Transport(redis.Transport):
    """Redis, over TCP, TLS or a socket, with the channel above."""

    Channel = Channel


def install() -> None:
    """Have kombu use this transport for every redis: address; call it before the first connection.

    By kombu's own names, because it takes the class from the address alone: redis+socket: reaches no other.
    """
    TRANSPORT_ALIASES.update(dict.fromkeys(("redis", "rediss"), f"{__name__}:{Transport.__name__}"))
