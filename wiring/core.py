"""The core app: settings, database, keys, links, relay and bell, the same for web, worker, CLI and tests."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from celery import Celery
from flask import Flask, current_app

from config import keys, limits
from config.settings import ROOT, Settings
from db import direct
from db.base import db
from db.sealed import Keyring
from db.session import CARRIED, KEYRING
from mailer.links import Links
from mailer.organisation import Organisation
from mailer.sender import Sender
from mailer.smtp.relay import Relay
from mailer.tokens import Tokens
from payments.documents.issuer import ISSUER, Issuer
from payments.gateway import Gateway
from wiring import money, tables
from wiring.bell import Bell
from wiring.broker import celery_app

CORE = "samizdat.core"
TABLES = tables.MODULES
"""Loaded here, so that every process knows every table."""


@dataclass(frozen=True)
class Core:
    """The concrete things that were chosen for this process."""

    settings: Settings
    tokens: Tokens
    links: Links
    organisation: Organisation
    sender: Sender
    relays: tuple[Relay, ...]
    celery: Celery
    bell: Bell
    #: None where no key is given: then nobody is asked to give.
    stripe: Gateway | None

    @property
    def relay(self) -> Relay:
        """The first relay, for code that names one."""
        return self.relays[0]


def core_app(settings: Settings, *, keys_file: Path | None = None) -> Flask:
    """Build the app that knows the database and the gateways but no page and no task.

    `keys_file` is read anew when a stored value names a key this process has not met (a rotation).
    """
    app = Flask("samizdat", root_path=str(ROOT / "web"))
    uri = database_uri(settings.database_url.get_secret_value())
    options = {
        "pool_pre_ping": True,
        "pool_recycle": 900,
        # A host that does not answer must not hold a request, nor /readyz, for minutes.
        "connect_args": {"connect_timeout": limits.DATABASE_CONNECT_SECONDS},
    }
    app.config.update(
        SQLALCHEMY_DATABASE_URI=uri,
        SQLALCHEMY_ENGINE_OPTIONS=options,
        SQLALCHEMY_BINDS={direct.ENGINE: options | direct.OPTIONS | {"url": uri}},
    )
    db.init_app(app)
    app.extensions[KEYRING] = keyring(settings, keys_file)
    app.extensions[CORE] = _choose(settings)
    app.extensions[CARRIED] = {ISSUER: issuer(settings)}
    return app


def core() -> Core:
    """Return the core of the current app."""
    return cast(Core, current_app.extensions[CORE])


def database_uri(url: str) -> str:
    """Return the URL with the driver named: SQLAlchemy's default for postgresql:// is another one."""
    _, _, rest = url.partition("://")
    return f"postgresql+psycopg://{rest}"


def address_lines(text: str) -> str:
    """Return a postal address by lines: commas part them where no line break does."""
    text = text.replace("\\n", "\n")
    return text if "\n" in text else "\n".join(part.strip() for part in text.split(","))


def issuer(settings: Settings) -> Issuer:
    """Return the organisation as receipts name it."""
    return Issuer(
        name=settings.org_name,
        postal_address=address_lines(settings.org_address),
        contact=settings.org_contact,
        pack=settings.receipt_pack,
        tax_id=settings.org_tax_id,
        zone=settings.org_timezone,
        donate_url=f"{settings.base_url}/donate",
        giving_url=f"{settings.base_url}/giving",
    )


def keyring(settings: Settings, keys_file: Path | None) -> Keyring:
    """Build the keyring, one that rereads its file where the keys came from one."""

    def reread() -> Mapping[str, bytes]:
        assert keys_file is not None  # noqa: S101 - narrows the type; reread is only given with a file
        return keys.data_ring(keys_file.read_text(encoding="utf-8"))

    ring = keys.data_ring(settings.data_keys.get_secret_value())
    return Keyring(ring, reread if keys_file else None)


def _choose(settings: Settings) -> Core:
    tokens = Tokens(keys.signing_ring(settings.secret_keys.get_secret_value()))
    celery = celery_app(settings)
    return Core(
        settings=settings,
        tokens=tokens,
        links=Links(settings.base_url, tokens),
        organisation=Organisation(
            name=settings.org_name,
            postal_address=address_lines(settings.org_address),
            home_url=settings.home_url,
            contact_email=settings.org_contact,
            privacy_url=f"{settings.base_url}/privacy",
        ),
        sender=Sender.of(settings),
        relays=Relay.parse_all(settings.smtp_url.get_secret_value()),
        celery=celery,
        bell=Bell(celery),
        stripe=money.gateway(settings),
    )
