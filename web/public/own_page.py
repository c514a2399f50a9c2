"""The whole page of a subscriber, as a fresh link opens it; shown again where something must be mended."""

from collections.abc import Mapping
from datetime import UTC, datetime

from flask import Response, request

from db.sealed import keyring
from db.session import transaction
from mailer import address_changes, addresses, consent, topics
from mailer.models.subscribers import Subscriber
from web import words
from web.public import manage_links, preferences_form, rendering
from web.public.manage_links import Holder
from web.public.preferences_form import Entry
from wiring.core import core


def show(
    token: str,
    holder: Holder,
    *,
    entry: Entry | None = None,
    new_address: str = "",
    faults: Mapping[str, str] | None = None,
) -> Response:
    """Show what is held and every form; with `faults` (in English), as 422. Raise LinkEnded."""
    now = datetime.now(UTC)
    with transaction() as session:
        subscriber = manage_links.owner(session, holder)
        index = subscriber.address_index
        address = addresses.unseal(keyring(session), subscriber.address, index)
        changes = address_changes.open_ones(session, subscriber.id, now=now)
        offered = topics.offered_to(session, subscriber)
        entry = entry or preferences_form.of(subscriber, now=now)
    first, last = preferences_form.pause_range(now.date())
    return rendering.page(
        "public/own-page.html",
        status=422 if faults else 200,
        token=token,
        subscriber=subscriber,
        address=address,
        changes=changes,
        topics=offered,
        entry=entry,
        new_address=new_address,
        faults={field: words.gettext(fault) for field, fault in (faults or {}).items()},
        done=request.args.get("done", ""),
        languages=spoken(subscriber),
        first_day=first,
        last_day=last,
        wording=wording(),
        unsubscribe=core().tokens.unsubscribe(subscriber.id, subscriber.token_version),
    )


def spoken(subscriber: Subscriber) -> dict[str, str]:
    """Return code -> name of the languages to choose from, the subscriber's own among them."""
    return words.offered() | {subscriber.language: words.name(subscriber.language)}


def wording() -> str:
    """Return the words beside the topics, in the page's language."""
    return consent.wording(core().organisation.name, words.language())
