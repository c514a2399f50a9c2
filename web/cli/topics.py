"""`flask topics …`: what a subscriber may ask to hear about."""

import json
import re
from typing import Final

import click
from flask.cli import AppGroup

from config import limits
from db.session import transaction
from mailer import topics
from mailer.models.subscribers import Topic
from web.cli import acts

group = AppGroup("topics", help="List and add what subscribers may ask to hear about.")

_SLUG: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class BadTopic(ValueError):
    """A topic cannot be added; the message says what to mend."""


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
        click.echo(f"{row['slug']}  {row['name']}  {row['description']}".rstrip())
    if not rows:
        click.echo("There are no topics yet; 'flask topics add SLUG NAME' makes one.")


@group.command("add")
@click.argument("slug")
@click.argument("name")
@click.option("--description", default="", help="One sentence for the subscribe page.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for a script.")
def add(slug: str, name: str, description: str, as_json: bool) -> None:  # noqa: FBT001 - as above
    """Add the topic SLUG, called NAME, behind the others."""
    with acts.refusals(BadTopic), transaction() as session:
        _check(slug, name, description)
        if any(topic.slug == slug for topic in topics.every(session)):
            raise BadTopic(f"There is a topic called {slug} already; choose another slug.")
        topic = topics.add(session, slug=slug, name=name.strip(), description=description.strip())
        acts.record(session, "topic.add", subject=f"topic {topic.id}", detail=slug)
    click.echo(json.dumps(_row(topic), ensure_ascii=False) if as_json else slug)


def _check(slug: str, name: str, description: str) -> None:
    if not _SLUG.fullmatch(slug) or len(slug) > limits.SLUG_LENGTH:
        raise BadTopic(
            f"A slug is lower-case letters, digits and hyphens, at most {limits.SLUG_LENGTH} of them."
        )
    if not name.strip() or len(name) > limits.TOPIC_NAME_LENGTH:
        raise BadTopic(f"A topic needs a name of at most {limits.TOPIC_NAME_LENGTH} characters.")
    if len(description) > limits.TOPIC_DESCRIPTION_LENGTH:
        raise BadTopic(
            f"A description has at most {limits.TOPIC_DESCRIPTION_LENGTH} characters: one sentence."
        )


def _row(topic: Topic) -> dict[str, str]:
    return {"slug": topic.slug, "name": topic.name, "description": topic.description}
