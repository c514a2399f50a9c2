"""The Celery app: how a task travels, the same for the web that rings and the worker that answers.

The settings, and the bugs behind them, are argued in docs/adr/0003-rows-are-the-truth.md.
"""

from urllib.parse import parse_qs, urlsplit

from celery import Celery

from config.settings import Settings
from wiring import names, transport

_CHECKED = "ssl_cert_reqs=required"
_SOFT_SHUTDOWN_SECONDS = 25


def celery_url(redis_url: str) -> str:
    """Return the address of the broker as Celery spells it: unix:///x.sock is redis+socket:///x.sock."""
    parts = urlsplit(redis_url)
    given = parse_qs(parts.query)
    if parts.scheme == "unix":
        database = f"?virtual_host={given['db'][0]}" if "db" in given else ""
        return f"redis+socket://{parts.netloc}{parts.path}{database}"
    if parts.scheme == "rediss" and "ssl_cert_reqs" not in given:
        # kombu checks no certificate unless it is told to; redis-py does by itself.
        return parts._replace(query="&".join(filter(None, [parts.query, _CHECKED]))).geturl()
    return redis_url


def celery_app(settings: Settings) -> Celery:
    """Build the Celery app; it holds no task yet and opens no connection."""
    transport.install()
    app = Celery("samizdat", broker=celery_url(settings.redis_url.get_secret_value()))
    app.conf.update(
        # The broker is a bell: nothing is read back from it, and what it loses the sweeper finds again.
        task_ignore_result=True,
        accept_content=["json"],
        task_serializer="json",
        task_routes={task: {"queue": queue} for task, queue in names.QUEUE_OF.items()},
        task_default_queue=names.MAINT,
        # A bell is held until its task ends, so that a worker takes no more than it has processes for.
        task_acks_late=True,
        worker_prefetch_multiplier=1,
        # A broker that goes away stops no work: what is running has its rows.
        worker_cancel_long_running_tasks_on_connection_loss=False,
        worker_soft_shutdown_timeout=_SOFT_SHUTDOWN_SECONDS,
        worker_hijack_root_logger=False,
        worker_max_tasks_per_child=1000,
        broker_connection_retry_on_startup=True,
        # None: the default of 100 makes a worker give up for good on a broker that was away too long.
        broker_connection_max_retries=None,
        broker_transport_options={
            # Without these a publish on a dead connection waits for ever.
            "socket_timeout": 5,
            "socket_connect_timeout": 1,
            "health_check_interval": 25,
            # One try: kombu's default asks a broker that is away for 6 s, and with it a visitor.
            "max_retries": 0,
        },
        event_queue_expires=60,
        timezone="UTC",
        enable_utc=True,
    )
    return app
