"""Topics in the console: add, rename, describe and order them; retire one, and take that back."""

from collections.abc import Mapping
from datetime import UTC, datetime

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from config import limits
from db.session import transaction
from mailer import figures, topics
from mailer.models.subscribers import Topic
from web.staff import acts

blueprint = Blueprint("topics", __name__)


@blueprint.get("/")
def listing() -> str:
    """Show the topics with their readers, and a form for one more."""
    return _list_page()


@blueprint.post("/")
def add() -> ResponseReturnValue:
    """Add a topic behind the others."""
    form = request.form
    try:
        with transaction() as session:
            topic = topics.add(
                session,
                slug=form.get("slug", "").strip(),
                name=form.get("name", ""),
                description=form.get("description", ""),
                by_invitation="by-invitation" in form,
            )
            acts.record(session, "topic.add", subject=f"topic {topic.id}", detail=topic.slug)
    except topics.BadTopic as bad:
        return _list_page(fault=str(bad), entry=form), 422
    flash(
        f"Added. Staff put readers on {topic.name}; no form offers it."
        if topic.by_invitation
        else f"Added. Readers can choose {topic.name} from now on.",
        "success",
    )
    return redirect(url_for(".listing"), 303)


@blueprint.get("/<slug>")
def show(slug: str) -> str:
    """Show one topic, who holds it, and what retiring it would mean."""
    return _topic_page(slug)


@blueprint.post("/<slug>/edit")
def edit(slug: str) -> ResponseReturnValue:
    """Rename and describe a topic."""
    form = request.form
    try:
        with transaction() as session:
            topic = _found(session, slug)
            name, description = form.get("name", ""), form.get("description", "")
            topics.describe(topic, name=name, description=description)
            acts.record(session, "topic.edit", subject=f"topic {topic.id}", detail=slug)
    except topics.BadTopic as bad:
        return _topic_page(slug, fault=str(bad), entry=form), 422
    flash("Saved.", "success")
    return redirect(url_for(".show", slug=slug), 303)


@blueprint.post("/<slug>/move")
def move(slug: str) -> ResponseReturnValue:
    """Show a topic one place earlier or later."""
    with transaction() as session:
        topic = _found(session, slug)
        topics.move(session, topic, up=request.form.get("direction") == "up")
        acts.record(session, "topic.move", subject=f"topic {topic.id}", detail=slug)
    return redirect(url_for(".listing"), 303)


@blueprint.post("/<slug>/retire")
def retire(slug: str) -> ResponseReturnValue:
    """Retire a topic, and where that was asked for and vouched for move its readers to another."""
    into = request.form.get("into", "")
    if into and not request.form.get("same-promise"):
        fault = "Readers agreed to this topic. Tick that the other keeps the same promise, or move nobody."
        return _topic_page(slug, retire_fault=fault, into=into), 422
    try:
        with transaction() as session:
            topic = _found(session, slug)
            heir = _found(session, into) if into else None
            topics.retire(session, topic, now=datetime.now(UTC))
            acts.record(session, "topic.retire", subject=f"topic {topic.id}", detail=slug)
        moved = _merge(slug, heir.slug) if heir else 0
    except topics.TopicInUse as refused:
        return _topic_page(slug, retire_fault=str(refused), into=into), 409
    told = f" Readers who hear about {heir.name} instead: {moved:,}." if heir else ""
    flash(f"Retired. It is offered to nobody any more.{told}", "success")
    return redirect(url_for(".show", slug=slug), 303)


@blueprint.post("/<slug>/restore")
def restore(slug: str) -> ResponseReturnValue:
    """Offer a retired topic again."""
    with transaction() as session:
        topic = _found(session, slug)
        topics.restore(topic)
        acts.record(session, "topic.restore", subject=f"topic {topic.id}", detail=slug)
    flash("It is offered again, and whoever still holds it is mailed again.", "success")
    return redirect(url_for(".show", slug=slug), 303)


def _merge(slug: str, into: str) -> int:
    """Move the readers chunk by chunk; stopped half-way, pressing again moves the rest."""
    now, moved, chunk = datetime.now(UTC), 0, 1
    while chunk:
        with transaction() as session:
            topic = _found(session, slug)
            chunk = topics.merge(session, topic, _found(session, into), now=now)
            moved += chunk
            if not chunk:
                detail = f"into {into}: {moved} readers, the same promise"
                acts.record(session, "topic.merge", subject=f"topic {topic.id}", detail=detail)
    return moved


def _found(session: Session, slug: str) -> Topic:
    try:
        return topics.named(session, [slug])[0]
    except topics.UnknownTopic:
        abort(404)


def _list_page(*, fault: str = "", entry: Mapping[str, str] | None = None) -> str:
    with transaction() as session:
        every = topics.every(session)
        return render_template(
            "staff/topics/list.html",
            current=[topic for topic in every if topic.retired_at is None],
            retired=[topic for topic in every if topic.retired_at is not None],
            readers=figures.by_topic(session),
            fault=fault,
            entry=entry or {},
            limits=limits,
        )


def _topic_page(
    slug: str,
    *,
    fault: str = "",
    retire_fault: str = "",
    into: str = "",
    entry: Mapping[str, str] | None = None,
) -> str:
    with transaction() as session:
        topic = _found(session, slug)
        return render_template(
            "staff/topics/show.html",
            topic=topic,
            readers=topics.readers(session, topic),
            others=[other for other in topics.offered(session) if other.id != topic.id],
            fault=fault,
            retire_fault=retire_fault,
            into=into,
            entry=entry or {"name": topic.name, "description": topic.description},
            limits=limits,
        )
