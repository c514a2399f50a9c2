"""A subscriber's own page, as the link in any mail opens it: it shows nothing, and mails a fresh link.

Mails are forwarded with their links. So whoever comes by one reads nothing here, and every answer is the same
for who is on the list, who left, and who never was.
"""

from datetime import UTC, datetime, timedelta

from flask import Blueprint, Response, request
from werkzeug.exceptions import BadRequest

from config import limits
from db.session import transaction
from mailer import fresh_links, preferences, subscribers
from web.public import manage_links, own_page, rendering
from wiring import names
from wiring.core import core

blueprint = Blueprint("public_manage", __name__)
manage_links.install(blueprint)


@blueprint.get("/manage/<path:token>")
def show(token: str) -> Response:
    """Show what can be done without showing anything, or by a fresh link the whole page."""
    holder = manage_links.read(token)
    if holder.subscriber_id == manage_links.SAMPLE:
        return _sample()
    if holder.is_fresh:
        return own_page.show(token, holder)
    return rendering.page(
        "public/manage.html",
        token=token,
        pauses=limits.PAUSES_OFFERED,
        unsubscribe=core().tokens.unsubscribe(holder.subscriber_id, holder.version),
    )


@blueprint.post("/manage/<token>/link")
def mail_link(token: str) -> Response:
    """Mail a fresh link to the address; the answer is the same whether one was mailed."""
    holder = manage_links.read(token)
    if holder.subscriber_id == manage_links.SAMPLE:
        return _sample()
    with transaction() as session:
        fresh_links.mail(
            session,
            holder.subscriber_id,
            holder.version,
            links=core().links,
            now=datetime.now(UTC),
        )
    core().bell.ring_soon(names.SEND_TX)
    return rendering.page(
        "public/manage-link-sent.html",
        sender=core().sender,
        minutes=limits.FRESH_TOKEN_SECONDS // 60,
        times=limits.FRESH_LINKS_AN_HOUR,
    )


@blueprint.post("/manage/<token>/pause")
def pause(token: str) -> Response:
    """Pause for one of the times on offer, or end a pause; the answer is the same for anybody."""
    holder, days = manage_links.read(token), _days()
    if holder.subscriber_id == manage_links.SAMPLE:
        return _sample()
    until = datetime.now(UTC) + timedelta(days=days) if days else None
    with transaction() as session:
        found = subscribers.named(session, holder.subscriber_id, holder.version)
        if found is not None:
            preferences.pause(found, until)
    return rendering.page("public/manage-paused.html", token=token, until=until)


def _days() -> int:
    given = request.form.get("days", "")
    choices = {str(days): days for days in (0, *limits.PAUSES_OFFERED)}
    if given not in choices:
        raise BadRequest
    return choices[given]


def _sample() -> Response:
    return rendering.page("public/manage-sample.html")
