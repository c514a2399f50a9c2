"""What a fresh link lets a subscriber do: choose, move to another address, take their data, be erased."""

import json
from datetime import UTC, datetime

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from config.languages import N_
from db.session import transaction
from mailer import address_changes, addresses, disclosure, erasure, preferences, topics
from mailer.preferences import NotOnTheList
from web import words
from web.public import manage_links, own_page, preferences_form, rendering
from wiring import names
from wiring.core import core

blueprint = Blueprint("public_preferences", __name__)
manage_links.install(blueprint)

SAME_ADDRESS = N_("Your mails come to this address already. Please give another one.")
NOT_TICKED = N_("Please tick the box, so that we know that you mean it.")


@blueprint.post("/manage/<token>/preferences")
def save(token: str) -> ResponseReturnValue:
    """Take over topics, language, pause and form."""
    holder, now = manage_links.read_fresh(token), datetime.now(UTC)
    entry = preferences_form.posted()
    with transaction() as session:
        subscriber = manage_links.owner(session, holder)
        faults = preferences_form.faults(
            entry,
            offered=topics.offered_to(session, subscriber),
            spoken=own_page.spoken(subscriber),
            today=now.date(),
        )
        if not faults:
            wanted = preferences_form.wanted(entry)
            preferences.change(session, subscriber, wanted, wording=own_page.wording(), now=now)
    if faults:
        return own_page.show(token, holder, entry=entry, faults=faults)
    return _back(token, "saved")


@blueprint.post("/manage/<token>/address")
def ask_for_move(token: str) -> ResponseReturnValue:
    """Ask a new address to take the subscription over; whether it is known shows in no answer."""
    holder, typed = manage_links.read_fresh(token), request.form.get("address", "")
    try:
        address = addresses.normalise(typed)
        with transaction() as session:
            subscriber = manage_links.owner(session, holder)
            address_changes.ask(
                session, subscriber, address, links=core().links, now=datetime.now(UTC)
            )
    except address_changes.SameAddress:
        return own_page.show(token, holder, new_address=typed, faults={"address": SAME_ADDRESS})
    except addresses.BadAddress as bad:
        return own_page.show(token, holder, new_address=typed, faults={"address": str(bad)})
    core().bell.ring_soon(names.SEND_TX)
    return _back(token, "asked")


@blueprint.post("/manage/<token>/address/cancel")
def cancel_move(token: str) -> ResponseReturnValue:
    """Take back what was asked about another address."""
    holder = manage_links.read_fresh(token)
    with transaction() as session:
        address_changes.cancel(session, manage_links.owner(session, holder).id)
    return _back(token, "cancelled")


@blueprint.get("/manage/<token>/data.json")
def download(token: str) -> Response:
    """Give everything we hold about the person as a file."""
    holder = manage_links.read_fresh(token)
    with transaction() as session:
        held = disclosure.gather(session, manage_links.owner(session, holder))
    text = json.dumps(held, ensure_ascii=False, indent=2)
    response = Response(f"{text}\n", mimetype="application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="what-we-hold.json"'
    return response


@blueprint.get("/manage/<token>/erasure")
def show_erasure(token: str) -> Response:
    """Say what erasure means, and ask once more."""
    holder = manage_links.read_fresh(token)
    with transaction() as session:
        manage_links.owner(session, holder)
    return rendering.page("public/erasure.html", token=token, fault="")


@blueprint.post("/manage/<token>/erasure")
def erase(token: str) -> Response:
    """Erase the person."""
    holder = manage_links.read_fresh(token)
    if request.form.get("sure") != "yes":
        fault = words.gettext(NOT_TICKED)
        return rendering.page("public/erasure.html", status=422, token=token, fault=fault)
    with transaction() as session:
        done = erasure.erase(
            session,
            holder.subscriber_id,
            holder.version,
            source=preferences.SOURCE,
            now=datetime.now(UTC),
        )
    if not done:
        raise manage_links.LinkEnded
    core().bell.ring_soon(names.SEND_TX)
    return rendering.page("public/erased.html")


@blueprint.errorhandler(NotOnTheList)
def show_not_on_the_list(_error: NotOnTheList) -> Response:
    """Show the page as it is now: they left meanwhile, and the forms for who is on the list are gone."""
    token = str((request.view_args or {})["token"])
    return own_page.show(token, manage_links.read_fresh(token))


def _back(token: str, done: str) -> ResponseReturnValue:
    return redirect(url_for("public_manage.show", token=token, done=done), 303)
