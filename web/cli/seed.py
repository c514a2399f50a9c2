"""`flask seed demo`: a small believable organisation to try Samizdat with.

Each noun is seeded only where there is none of it at all, so a second seed changes nothing, and an
organisation that has rows of its own gets none of ours mixed in.
"""

import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Final

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from db.sealed import keyring
from db.session import transaction
from mailer import addresses, consent, releases, subscribers, topics
from mailer.ingest import reading
from mailer.ingest import release as ingest
from mailer.models.subscribers import ConsentKind, Subscriber, SubscriberState
from payments import funds
from staff import accounts
from staff.models import RoleName
from web.cli import acts
from wiring.core import core

group = AppGroup("seed", help="Fill an empty database.")


@dataclass(frozen=True, slots=True)
class SeedRelease:
    """A release of the demo: its file, its topics, and whether it is an archive that the public reads."""

    file: str
    topics: tuple[str, ...]
    is_public: bool


_FOLDER: Final = Path(__file__).parent / "seed"
_PASSWORD_BYTES: Final = 12
_SOURCE: Final = "demo seed"

TOPICS: Final = (
    ("prisoners", "Prisoners", "Arrests, trials and releases of people held for what they said."),
    ("press-freedom", "Freedom of the press", "Papers closed, printers charged, websites blocked."),
    ("exile", "People in exile", "Those who had to leave, and the families they left behind."),
    ("foundation", "The foundation itself", "Reports, accounts and people: a few mails a year."),
)
STAFF: Final = (
    ("chen@example.org", "Chen Okoro", RoleName.AUTHOR),
    ("dana@example.org", "Dana Lindqvist", RoleName.APPROVER),
    ("emil@example.org", "Emil Haddad", RoleName.FINANCE),
)
FUNDS: Final = (
    ("where-needed", "Where it is needed most", "You leave it to us, and read of it each year."),
    ("legal-aid", "Lawyers for prisoners", "Fees, travel to trials, and parcels to prison."),
)
RELEASES: Final = (
    SeedRelease("court-frees-printer.md", ("prisoners", "press-freedom"), is_public=True),
    SeedRelease("forty-families-report.md", ("exile", "foundation"), is_public=True),
    SeedRelease("verdict-awaited.md", ("prisoners", "press-freedom"), is_public=False),
)
SUBSCRIBERS: Final = (
    ("amira@example.org", ("prisoners", "press-freedom", "exile", "foundation")),
    ("newsdesk@example.org", ("prisoners", "press-freedom")),
    ("lucia@example.org", ("press-freedom",)),
    ("oyelaran@example.org", ("prisoners", "exile")),
    ("library@example.org", ("exile", "foundation")),
)


@group.command("demo")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for a script.")
def demo(as_json: bool) -> None:  # noqa: FBT001 - click passes options by position
    """Put a small organisation in, where there is none; print the sign-ins it made, if any, this once."""
    now = datetime.now(UTC)
    with transaction() as session:
        _seed_topics(session)
        staff = _seed_staff(session)
        _seed_releases(session)
        _seed_funds(session)
        _seed_subscribers(session, now=now)
    if as_json and staff:
        # Nothing where none was made: `make run` keeps what is printed over what it kept before.
        click.echo(json.dumps({"staff": staff}))
    if as_json:
        return
    for one in staff:
        click.echo(f"{one['email']}  password {one['password']}  ({one['role']})")
    if not staff:
        click.echo("There are staff members already; none was made.")


def _seed_topics(session: Session) -> None:
    if not topics.every(session):
        for slug, name, description in TOPICS:
            topics.add(session, slug=slug, name=name, description=description)


def _seed_staff(session: Session) -> list[dict[str, str]]:
    """Make two who announce and one who keeps the books; return their passwords: only hashes are kept."""
    if accounts.listing(session):
        return []
    made = []
    for email, name, role in STAFF:
        password = secrets.token_urlsafe(_PASSWORD_BYTES)
        member = accounts.create(session, email=email, name=name, roles=[role])
        accounts.set_password(session, member, password)
        acts.record(session, "staff.create", subject=f"staff {member.id}", detail=_SOURCE)
        made.append({"email": email, "role": role.value, "password": password})
    return made


def _seed_funds(session: Session) -> None:
    if not funds.every(session):
        for slug, name, description in FUNDS:
            fund = funds.add(session, slug=slug, name=name, description=description)
            acts.record(session, "fund.add", subject=f"fund {fund.id}", detail=_SOURCE)


def _seed_releases(session: Session) -> None:
    if releases.total(session, public_only=False):
        return
    known = topics.every(session)
    for seed in RELEASES:
        parts = ingest.parse(reading.load(_FOLDER / seed.file), name=seed.file).parts
        chosen = [topic for topic in known if topic.slug in seed.topics] or list(known)
        release = releases.create(session, parts, topics=chosen)
        if seed.is_public and parts.dateline.day is not None:
            release.published_at = datetime.combine(parts.dateline.day, time(9), UTC)
        acts.record(session, "release.import", subject=f"release {release.id}", detail=_SOURCE)


def _seed_subscribers(session: Session, *, now: datetime) -> None:
    if any(subscribers.counts(session).values()):
        return
    known = {topic.slug for topic in topics.every(session)}
    for address, slugs in SUBSCRIBERS:
        _add_confirmed(session, address, [s for s in slugs if s in known] or sorted(known), now=now)


def _add_confirmed(session: Session, address: str, slugs: list[str], *, now: datetime) -> None:
    """Add a subscriber as if the confirmation had been pressed: no mail goes to an invented person."""
    keys = keyring(session)
    subscriber = Subscriber(
        address=addresses.seal(keys, address),
        address_index=addresses.index(keys, address),
        state=SubscriberState.CONFIRMED,
        confirmed_at=now,
        topics=topics.named(session, slugs),
    )
    session.add(subscriber)
    session.flush()  # its consent event names it by its number
    wording = consent.keep_wording(session, consent.wording(core().settings.org_name))
    consent.record(
        session,
        subscriber,
        ConsentKind.CONFIRMED,
        at=now,
        source=_SOURCE,
        wording_hash=wording,
        topics=slugs,
    )
