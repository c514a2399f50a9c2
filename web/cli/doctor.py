"""`flask doctor`: every fault of the configuration at once, the engines it names included."""

import json
import socket
import ssl
import tempfile
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Final

import click
import redis
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from config import keys, limits
from config.settings import Settings, SettingsFault, load
from db.base import db
from db.session import transaction
from mailer import certificates, missing_keys, paces, pgp
from mailer.smtp.relay import Relay
from web.cli import doctor_money, doctor_stripe
from wiring import migrations
from wiring.core import CORE, core

Check = Callable[[Settings], Iterable[str]]
"""Looks at one part and gives a sentence for each fault."""

_OLDEST_REDIS: Final = (6, 2)
_INSTALL: Final = (
    "'python3 sandbox/setup.py --pgp' installs it, as does pip from requirements-pgp.txt"
)


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for a script.")
@with_appcontext
def command(as_json: bool) -> None:  # noqa: FBT001 - click passes options by position
    """Say everything that is wrong with the configuration; exit 1 where something is."""
    results, said = examine(), notes()
    faults = [fault for found in results.values() for fault in found]
    if as_json:
        click.echo(json.dumps({"ok": not faults, "checks": results, "notes": said}))
    else:
        for name, found in results.items():
            for line in found or [said.get(name, "ok")]:
                click.echo(f"{name}: {line}")
    raise SystemExit(1 if faults else 0)


def examine() -> dict[str, list[str]]:
    """Return the faults of each part; where the settings cannot be read, theirs alone."""
    settings, faults = _settings()
    results = {"settings": faults}
    if settings is not None:
        results |= {name: list(check(settings)) for name, check in CHECKS.items()}
    return results


def notes() -> dict[str, str]:
    """Return what is no fault of a part, and good to know."""
    said = doctor_stripe.notes(core().settings) if CORE in current_app.extensions else {}
    if not pgp.is_available():
        said["encrypted mail"] = (
            f"not offered to readers, because the optional pysequoia is not installed; {_INSTALL}"
        )
    return said


def check_database(_settings: Settings) -> Iterable[str]:
    """Check that PostgreSQL answers, and that its tables are the ones this code knows."""
    try:
        with db.engine.connect() as connection:
            up_to_date = migrations.are_up_to_date(connection)
    except SQLAlchemyError as error:
        yield f"PostgreSQL does not answer ({type(error).__name__}); check DATABASE_URL and the server"
        return
    if not up_to_date:
        yield "the tables are not those of this version; run 'flask db upgrade'"


def check_clock(_settings: Settings) -> Iterable[str]:
    """Check that this host's clock and PostgreSQL's agree: schedules and embargoes are read by both."""
    try:
        with transaction() as session:
            yield from clock_faults(here=datetime.now(UTC), there=paces.clock(session))
    except SQLAlchemyError:
        return  # the check of the database says so


def clock_faults(*, here: datetime, there: datetime) -> Iterable[str]:
    """Say by how much two clocks are apart, where it is too much."""
    apart = (here - there).total_seconds()
    if abs(apart) > limits.CLOCKS_APART_SECONDS:
        which = "ahead of" if apart > 0 else "behind"
        yield (
            f"this host's clock is {abs(apart):.0f} s {which} PostgreSQL's; have both hosts set theirs by NTP"
        )


def check_redis(settings: Settings) -> Iterable[str]:
    """Check that Redis answers and is young enough."""
    client = redis.Redis.from_url(
        settings.redis_url.get_secret_value(),
        socket_timeout=limits.PROBE_SECONDS,
        socket_connect_timeout=limits.PROBE_SECONDS,
    )
    with client:
        try:
            version = str(client.info("server")["redis_version"])
        except (redis.RedisError, OSError) as error:
            yield f"Redis does not answer ({type(error).__name__}); check REDIS_URL and the server"
            return
    if tuple(int(part) for part in version.split(".")[:2]) < _OLDEST_REDIS:
        yield f"Redis {version} is too old; 6.2 or later is needed"


def check_relay(settings: Settings) -> Iterable[str]:
    """Check that each relay greets (RFC 5321 3.1); no mail is sent and no password given."""
    try:
        relays = Relay.parse_all(settings.smtp_url.get_secret_value())
    except ValueError as error:
        yield f"SMTP_URL: {error}"
        return
    for relay in relays:
        yield from _unheard(relay)


def _unheard(relay: Relay) -> Iterable[str]:
    try:
        greeting = _greeting(relay)
    except OSError as error:
        yield (
            f"the relay {relay.name} does not answer ({type(error).__name__}); check SMTP_URL and the server"
        )
        return
    if not greeting.startswith(b"220"):
        yield (
            f"the relay {relay.name} does not greet with 220; check SMTP_URL: is it a mail server, and the "
            "port?"
        )


def check_keys(settings: Settings) -> Iterable[str]:
    """Check that no key serves two purposes; their length the settings have checked."""
    signing = set(keys.signing_ring(settings.secret_keys.get_secret_value()))
    text = settings.data_keys.get_secret_value()
    if any(key.rstrip("=") in text for key in signing):
        yield "SECRET_KEYS and DATA_KEYS share a key; make another with 'flask keys generate'"


def check_sealed(_settings: Settings) -> Iterable[str]:
    """Check that every key is here that something is sealed with: what lacks its key waits for it."""
    try:
        with transaction() as session:
            missing = missing_keys.missing(session)
    except SQLAlchemyError:
        return  # the check of the database says so
    for name, number in sorted(missing.items()):
        yield (
            f"{number:,} values are sealed with the key {name}, which DATA_KEYS lacks: give it back; until "
            "then their readers are not mailed"
        )


def check_base_url(settings: Settings) -> Iterable[str]:
    """Check that readers' links are not in clear, and that a proxy before us is known."""
    if settings.secure and settings.trusted_proxies == 0:
        yield (
            "BASE_URL is https, but TRUSTED_PROXIES is 0: this process itself speaks http, so a proxy must "
            "stand before it; say how many"
        )


def check_encryption(_settings: Settings) -> Iterable[str]:
    """Check that readers who gave an OpenPGP key can be mailed: nothing goes to them in clear."""
    if pgp.is_available():
        return
    try:
        with transaction() as session:
            waiting = certificates.count(session)
    except SQLAlchemyError:
        return  # the check of the database says so
    if waiting:
        yield (
            f"{waiting} of the readers gave an OpenPGP key, and get nothing, because pysequoia is not "
            f"installed; {_INSTALL}"
        )


def check_state_dir(settings: Settings) -> Iterable[str]:
    """Check that the journal of the workers can be written."""
    try:
        settings.state_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=settings.state_dir):
            pass
    except OSError as error:
        yield f"STATE_DIR cannot be written ({error.strerror}); workers keep their journal there"


CHECKS: Final[dict[str, Check]] = {
    "database": check_database,
    "clock": check_clock,
    "redis": check_redis,
    "relay": check_relay,
    "keys": check_keys,
    "sealed values": check_sealed,
    "base url": check_base_url,
    "state folder": check_state_dir,
    "encrypted mail": check_encryption,
    "stripe": doctor_stripe.check,
    "stripe events": doctor_stripe.check_events,
    "money": doctor_money.check,
}


def _settings() -> tuple[Settings | None, list[str]]:
    if CORE in current_app.extensions:
        return core().settings, []
    try:
        return load(), []
    except SettingsFault as fault:
        return None, fault.faults


def _greeting(relay: Relay) -> bytes:
    address = (relay.host, relay.port)
    with socket.create_connection(address, timeout=limits.PROBE_SECONDS) as plain:
        if not relay.implicit_tls:
            return plain.recv(limits.HEADER_LINE_LENGTH)
        context = ssl.create_default_context(cafile=relay.ca)
        with context.wrap_socket(plain, server_hostname=relay.host) as secured:
            return secured.recv(limits.HEADER_LINE_LENGTH)
