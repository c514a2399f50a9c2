"""`flask announcements propose|propose-rest|count`: who would get a release, and proposing it to them."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

import click
from sqlalchemy.orm import Session

from db.session import transaction
from mailer import audience, proposals, releases, topics
from mailer.models.announcements import Audience
from mailer.models.releases import Release
from mailer.models.subscribers import Topic
from staff.models import RoleName
from web.cli import acts, announcements, members

group = announcements.group

_WHO: Final = (
    click.option("--early", is_flag=True, help="The press list, before the embargo lifts."),
    click.option("--topic", "slugs", metavar="SLUG", multiple=True, help="May be given again."),
    click.option(
        "--language",
        "languages",
        metavar="XX",
        multiple=True,
        help="Only readers of it; may be given again.",
    ),
    click.option("--no-fallback", is_flag=True, help="Leave out who has no version to read."),
)


def _who(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say who is to get it."""
    for option in reversed(_WHO):
        command = option(command)
    return command


@group.command("propose")
@click.argument("slug")
@click.option("--author", required=True, metavar="EMAIL", help="Who proposes: role author.")
@_who
def propose(slug: str, author: str, **who: Any) -> None:  # noqa: ANN401 - the options of _WHO
    """Propose to announce the release SLUG as it is now; print the announcement's id.

    Without --topic to the release's topics; whoever has it already is left out.
    """
    with acts.refusals(*announcements.REFUSALS), transaction() as session:
        member = members.named(session, author, RoleName.AUTHOR)
        release = releases.named(session, slug)
        made = proposals.propose(
            session,
            release,
            author_id=member.id,
            now=datetime.now(UTC),
            **_chosen(session, release, **who),
        )
        acts.record(
            session,
            "announcement.propose",
            subject=announcements.subject(made),
            detail=f"by command, release {release.id}, {made.audience}",
            staff_id=member.id,
        )
    click.echo(made.id)


@group.command("propose-rest")
@announcements.ID
@click.option("--author", required=True, metavar="EMAIL", help="Who proposes: role author.")
def propose_rest(announcement_id: int, author: str) -> None:
    """Propose again the announcement ID, cancelled on its way, to those who have it by no other.

    Print the new announcement's id. Who joined its topics since gets it too.
    """
    with acts.refusals(*announcements.REFUSALS), transaction() as session:
        member, now = members.named(session, author, RoleName.AUTHOR), datetime.now(UTC)
        cancelled = announcements.found(session, announcement_id)
        made = proposals.propose_rest(session, cancelled, author_id=member.id, now=now)
        acts.record(
            session,
            "announcement.propose",
            subject=announcements.subject(made),
            detail=f"by command, the rest of announcement {announcement_id}",
            staff_id=member.id,
        )
    click.echo(made.id)


@group.command("count")
@click.argument("slug")
@_who
@click.option("--json", "as_json", is_flag=True, help="Print JSON for a script.")
def count(slug: str, *, as_json: bool, **who: Any) -> None:  # noqa: ANN401 - as above
    """Print how many an announcement of SLUG would reach now, and why others not."""
    with acts.refusals(*announcements.REFUSALS), transaction() as session:
        release = releases.named(session, slug)
        rule = audience.rule(release, **_chosen(session, release, **who))
        counted = audience.counted(session, rule)
    if as_json:
        excluded = {reason.value: number for reason, number in counted.excluded.items()}
        click.echo(json.dumps({"reached": counted.reached, "excluded": excluded}))
        return
    click.echo(f"{counted.reached:>9,}  would be reached")
    for reason, number in counted.excluded.items():
        click.echo(f"{number:>9,}  left out: {reason}")


def _chosen(
    session: Session,
    release: Release,
    *,
    early: bool,
    slugs: tuple[str, ...],
    languages: tuple[str, ...],
    no_fallback: bool,
) -> dict[str, Any]:
    """Return the options as the services take them; raise UnknownTopic or Refused."""
    if early and release.amends is not None:
        raise announcements.Refused("A release that amends another goes to whoever got that one.")
    usual = Audience.CORRECTION if release.amends is not None else Audience.PUBLIC
    return {
        "audience": Audience.EARLY if early else usual,
        "topics": topics.named(session, slugs) if slugs else _usual(release, early=early),
        "languages": languages,
        "fallback": not no_fallback,
    }


def _usual(release: Release, *, early: bool) -> list[Topic]:
    """Return the release's topics; for a press list those of them that are by invitation."""
    return [topic for topic in release.topics if topic.by_invitation or not early]
