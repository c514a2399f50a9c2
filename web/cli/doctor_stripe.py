"""What `flask doctor` says of Stripe: which it is, whether it answers, and how its events stand."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from config import limits, stripe_access
from config.settings import Settings
from db.session import transaction
from payments import event_reports
from payments.gateway import API_VERSION, PermanentFailure, TemporaryFailure
from wiring.core import core


def check(settings: Settings) -> Iterable[str]:
    """Check that Stripe answers to our key, and that it can tell us what happens."""
    stripe = core().stripe
    if stripe is None:
        return
    try:
        stripe.balance()
    except TemporaryFailure as failure:
        yield f"{failure}; check STRIPE_API_BASE and the way to it"
    except PermanentFailure as failure:
        yield f"{failure}; check STRIPE_API_KEY and its rights (docs/donations.md)"
    if settings.stripe_webhook_secret is None:
        yield (
            "STRIPE_WEBHOOK_SECRET is missing: no webhook is believed, and what happens at Stripe is "
            "heard a quarter of an hour later"
        )


def check_events(settings: Settings) -> Iterable[str]:
    """Check that no event waits too long or was given up, and that the endpoint speaks our version."""
    if settings.stripe_api_key is None:
        return
    now = datetime.now(UTC)
    try:
        with transaction() as session:
            health = event_reports.health(session, now=now)
    except SQLAlchemyError:
        return  # the check of the database says so
    if health.dead:
        yield (
            f"{health.dead:,} events were given up; see 'flask donations events --state dead', mend what "
            "is wrong, then 'flask donations replay'"
        )
    late = timedelta(seconds=limits.EVENT_LATE_SECONDS)
    if health.oldest_at is not None and now - health.oldest_at > late:
        yield (
            f"an event has waited since {health.oldest_at:%Y-%m-%d %H:%M} UTC; is a worker of the queue "
            "'hooks' running?"
        )
    for version in health.drift:
        yield (
            f"the webhook's endpoint at Stripe writes version {version}; set it to {API_VERSION}"
        )


def notes(settings: Settings) -> dict[str, str]:
    """Return what is no fault, and good to know."""
    key = settings.stripe_api_key
    if key is None:
        return {"stripe": "no STRIPE_API_KEY is given, so nobody is asked to donate"}
    mode = "live" if stripe_access.is_live(key) else "test"
    secret = settings.stripe_webhook_secret
    secrets = len(secret.get_secret_value().split()) if secret else 0
    replaced = ", one of them being replaced" if secrets > 1 else ""
    said = f"{mode} key, {settings.stripe_api_base}, webhook secrets: {secrets}{replaced}"
    return {"stripe": said} | _events()


def _events() -> dict[str, str]:
    try:
        with transaction() as session:
            health = event_reports.health(session, now=datetime.now(UTC))
    except SQLAlchemyError:
        return {}
    last = [f"{type_} {at:%Y-%m-%d %H:%M}" for type_, at in health.last_at.items()]
    said = "; ".join([f"{health.waiting:,} wait", *last])
    return {"stripe events": said}
