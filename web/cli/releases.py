"""`flask releases …`: importing a press release, showing it whole, listing them all."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from db.session import transaction
from mailer import attachments, releases, topics, zones
from mailer.ingest import reading
from mailer.ingest import release as ingest
from mailer.ingest.findings import Finding
from mailer.models.releases import Release
from mailer.models.subscribers import Topic
from mailer.parts import Parts
from web import standing
from web.cli import acts

group = AppGroup("releases", help="Import, show and list press releases.")


@group.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--language", metavar="XX", help="Two letters; told from the text where not given.")
@click.option("--topic", "slugs", metavar="SLUG", multiple=True, help="May be given again.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for a script.")
def import_file(
    file: Path,
    language: str | None,
    slugs: tuple[str, ...],
    as_json: bool,  # noqa: FBT001 - click passes options by position
) -> None:
    """Make a draft of the press release in FILE (text, Markdown or HTML), and print its slug.

    Without --topic it gets all topics.
    """
    refused = (reading.Unreadable, ingest.NotARelease, releases.BadParts, topics.UnknownTopic)
    with acts.refusals(*refused):
        found = ingest.parse(reading.load(file), name=file.name, language=language)
        with transaction() as session:
            chosen = topics.named(session, slugs) if slugs else topics.offered(session)
            release = releases.create(session, found.parts, topics=chosen)
            acts.record(session, "release.import", subject=f"release {release.id}")
    if as_json:
        click.echo(json.dumps(_import_as_json(release, found), ensure_ascii=False))
        return
    _tell_found(found)
    _tell_topics(chosen, given=bool(slugs))
    click.echo(release.slug)


@group.command("show")
@click.argument("slug")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for a script.")
def show(slug: str, as_json: bool) -> None:  # noqa: FBT001 - click passes options by position
    """Print every part of every version of the release SLUG, its state and its topics."""
    with acts.refusals(releases.UnknownRelease), transaction() as session:
        release = releases.named(session, slug)
        value = _summary(session, release) | _around(session, release)
        value["versions"] = [releases.as_json(releases.parts(each)) for each in release.versions]
    if as_json:
        click.echo(json.dumps(value, ensure_ascii=False, indent=2))
        return
    for name in ("slug", "state", "published_at", "announcement"):
        click.echo(_line(name, value[name]))
    click.echo(_line("topics", ", ".join(value["topics"])))
    for line in _lines_around(release, value["attachments"]):
        click.echo(line)
    for version in release.versions:
        _tell_parts(releases.parts(version))


@group.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for a script.")
def list_all(as_json: bool) -> None:  # noqa: FBT001 - click passes options by position
    """Print every release, newest first: its state, its slug and its headline."""
    with transaction() as session:
        found = releases.every(session, limit=releases.total(session, public_only=False))
        rows = [_summary(session, release) for release in found]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        click.echo(f"{row['state']:<10}  {row['slug']}  {row['headline']}")
    if not rows:
        click.echo("There are no releases yet; 'flask releases import FILE' makes a draft.")


def _summary(session: Session, release: Release) -> dict[str, Any]:
    stands = standing.of(session, release)
    return {
        "slug": release.slug,
        "headline": release.versions[0].headline,
        "state": stands.word,
        "languages": [version.language for version in release.versions],
        "topics": [topic.slug for topic in release.topics],
        "published_at": release.published_at.isoformat() if release.published_at else None,
        "announcement": stands.announcement.id if stands.announcement else None,
        "revision": release.revision,
    }


def _around(session: Session, release: Release) -> dict[str, Any]:
    until = release.embargo_until
    return {
        "embargo_until": until.isoformat() if until else None,
        "embargo_zone": release.embargo_zone,
        "amends": release.amends,
        "amended": release.amended.slug if release.amended else None,
        "attachments": [
            {
                "name": each.name,
                "language": each.language,
                "media_type": each.media_type,
                "size": each.size,
                "sha256": each.digest.hex(),
                "tells": attachments.told(session, each).sentence,
            }
            for each in release.attachments
        ],
    }


def _lines_around(release: Release, files: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if release.embargo_until:
        yield _line("embargo", zones.said(release.embargo_until, release.embargo_zone))
    if release.amended:
        yield _line(f"{release.amends} of", release.amended.slug)
    for each in files:
        yield _line("attachment", f"{each['name']}, {each['size']:,} bytes")
        if each["tells"]:
            yield _line("", each["tells"])


def _import_as_json(release: Release, found: ingest.Found) -> dict[str, Any]:
    return {
        "slug": release.slug,
        "topics": [topic.slug for topic in release.topics],
        "parts": releases.as_json(found.parts),
        "found": [_finding(each) for each in found.found],
        "unplaced": [_finding(each) for each in found.unplaced],
        "left_out": list(found.left_out),
    }


def _finding(finding: Finding) -> dict[str, str]:
    return {"part": finding.part, "note": finding.note}


def _tell_found(found: ingest.Found) -> None:
    for title, notes in (("Found", found.found), ("Could not place", found.unplaced)):
        if notes:
            click.echo(f"{title}:")
        for finding in notes:
            click.echo(_line(finding.part, finding.note))
    if found.left_out:
        click.echo("Left out:")
    for line in found.left_out:
        click.echo(f"  {line}")


def _tell_topics(chosen: Sequence[Topic], *, given: bool) -> None:
    named = ", ".join(topic.slug for topic in chosen)
    if given:
        click.echo(f"Topics: {named}")
    elif chosen:
        click.echo(f"Topics: all of them, because no --topic was given: {named}")
    else:
        click.echo("Topics: none, because there are none yet; 'flask topics add' makes one.")


def _tell_parts(parts: Parts) -> None:
    click.echo(f"\n[{parts.language}] {parts.headline}")
    day = parts.dateline.day.isoformat() if parts.dateline.day else ""
    for name, value in (("subhead", parts.subhead), ("place", parts.dateline.place), ("date", day)):
        click.echo(_line(name, value))
    for contact in parts.contacts:
        fields = (contact.name, contact.email, contact.telephone)
        click.echo(_line("contact", ", ".join(field for field in fields if field)))
    for name in ("body", "boilerplate", "postal_address"):
        click.echo(f"\n-- {name.replace('_', ' ')}\n{getattr(parts, name)}")


def _line(name: str, value: object) -> str:
    return f"  {name.replace('_', ' '):<15} {'-' if value in {None, ''} else value}"
