"""`flask topics …`: what a subscriber may ask to hear about."""

import json
from datetime import UTC, datetime

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from db.session import transaction
from mailer import topics
from mailer.models.subscribers import Topic
from web.cli import acts

group = AppGroup("topics", help="List, add, rename and retire what subscribers may ask for.")

_REFUSALS = (topics.BadTopic, topics.UnknownTopic, topics.TopicInUse)


@group.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for a script.")
def list_all(as_json: bool) -> None:  # noqa: FBT001 - click passes options by position
    """Print the topics in the order they are shown."""
    with transaction() as session:
        rows = [_row(topic) for topic in topics.every(session)]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        invited = "(by invitation)" if row["by_invitation"] else ""
        retired = "(retired)" if row["retired"] else ""
        words = (row["slug"], row["name"], row["description"], invited, retired)
        click.echo("  ".join(str(word) for word in words if word))
    if not rows:
        click.echo("There are no topics yet; 'flask topics add SLUG NAME' makes one.")


@group.command("add")
@click.argument("slug")
@click.argument("name")
@click.option("--description", default="", help="One sentence for the subscribe page.")
@click.option(
    "--by-invitation",
    is_flag=True,
    help="A press list: staff put readers on it, no form offers it.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON for a script.")
def add(slug: str, name: str, description: str, by_invitation: bool, as_json: bool) -> None:  # noqa: FBT001 - as above
    """Add the topic SLUG, called NAME, behind the others."""
    with acts.refusals(*_REFUSALS), transaction() as session:
        topic = topics.add(
            session, slug=slug, name=name, description=description, by_invitation=by_invitation
        )
        acts.record(session, "topic.add", subject=f"topic {topic.id}", detail=slug)
    click.echo(json.dumps(_row(topic), ensure_ascii=False) if as_json else slug)


@group.command("rename")
@click.argument("slug")
@click.argument("name")
@click.option("--description", help="Its one sentence; the one it has where none is given.")
def rename(slug: str, name: str, description: str | None) -> None:
    """Call the topic SLUG by another NAME; its slug and its readers stay."""
    with acts.refusals(*_REFUSALS), transaction() as session:
        topic = _named(session, slug)
        sentence = topic.description if description is None else description
        topics.describe(topic, name=name, description=sentence)
        acts.record(session, "topic.edit", subject=f"topic {topic.id}", detail=slug)
    click.echo(slug)


@group.command("retire")
@click.argument("slug")
@click.option("--into", metavar="SLUG", help="Move its readers to this topic.")
@click.option("--same-promise", is_flag=True, help="With --into: it keeps the same promise.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def retire(slug: str, into: str | None, same_promise: bool, yes: bool) -> None:  # noqa: FBT001 - as above
    """Offer the topic SLUG to nobody any more; say first how many readers hold it."""
    if into and not same_promise:
        raise click.UsageError(
            "Readers agreed to a topic, not to its heir. Where the other one keeps the same promise, "
            "say so with --same-promise; else leave --into out."
        )
    with acts.refusals(*_REFUSALS), transaction() as session:
        topic, heir = _named(session, slug), _named(session, into) if into else None
        click.echo(consequence(topics.readers(session, topic), heir), err=True)
    if not yes:
        click.confirm(f"Retire {slug}?", abort=True, err=True)
    with acts.refusals(*_REFUSALS), transaction() as session:
        topic = _named(session, slug)
        topics.retire(session, topic, now=datetime.now(UTC))
        acts.record(session, "topic.retire", subject=f"topic {topic.id}", detail=slug)
    if heir:
        _merge(slug, heir.slug)


@group.command("restore")
@click.argument("slug")
def restore(slug: str) -> None:
    """Offer the retired topic SLUG again; who still holds it is mailed again."""
    with acts.refusals(*_REFUSALS), transaction() as session:
        topic = _named(session, slug)
        topics.restore(topic)
        acts.record(session, "topic.restore", subject=f"topic {topic.id}", detail=slug)
    click.echo(slug)


def consequence(readers: topics.Readers, heir: Topic | None) -> str:
    """Say what a retirement does to a topic's readers."""
    if heir:
        return f"Readers who will hear about {heir.name} instead: {readers.total:,}."
    return (
        f"Readers who hold it: {readers.total:,}; those without another topic, who get nothing further: "
        f"{readers.alone:,}. All stay subscribed, and 'flask topics restore' brings it back."
    )


def _merge(slug: str, into: str) -> None:
    now, moved = datetime.now(UTC), 0
    while True:
        with acts.refusals(*_REFUSALS), transaction() as session:
            old, new = _named(session, slug), _named(session, into)
            chunk = topics.merge(session, old, new, now=now)
            moved += chunk
            if not chunk:
                acts.record(
                    session,
                    "topic.merge",
                    subject=f"topic {old.id}",
                    detail=f"into {into}: {moved}",
                )
                break
    click.echo(f"Readers moved to {into}: {moved:,}")


def _named(session: Session, slug: str) -> Topic:
    return topics.named(session, [slug])[0]


def _row(topic: Topic) -> dict[str, str | bool]:
    return {
        "slug": topic.slug,
        "name": topic.name,
        "description": topic.description,
        "by_invitation": topic.by_invitation,
        "retired": topic.retired_at is not None,
    }
