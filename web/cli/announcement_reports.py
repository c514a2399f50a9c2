"""`flask announcements report` and `prove`: what became of an announcement, and that nobody changed it."""

import json
from typing import Any, Final

import click
from sqlalchemy.orm import Session

from config import derived
from db.session import transaction
from mailer import announcements, cases, closing, proving
from mailer.models.announcements import Announcement, AnnouncementReport
from mailer.proving import Chain, Proof
from staff import audit
from web.cli import acts
from web.cli import announcements as announcing
from wiring.core import core

group = announcing.group

_ID: Final = click.argument("announcement_id", metavar="ID", type=click.IntRange(1, 2**63 - 1))


class NoReport(LookupError):
    """There is no such announcement, or it has no report yet; the message says which."""


@group.command("report")
@_ID
@click.option("--json", "kind", flag_value="json", help="Print exactly what its SHA-256 is over.")
@click.option("--csv", "kind", flag_value="csv", help="Print each delivery to look at, as CSV.")
def report(announcement_id: int, kind: str | None) -> None:
    """Print the close-out report of the announcement ID, which is over."""
    with acts.refusals(NoReport), transaction() as session:
        kept = _kept(session, announcement_id)
        if kind == "json":
            click.echo(closing.canonical(kept.document), nl=False)
        elif kind == "csv":
            for piece in cases.as_csv(session, announcement_id):
                click.echo(piece, nl=False)
        else:
            click.echo("\n".join(_lines(kept)))


@group.command("prove")
@_ID
@click.option("--json", "as_json", is_flag=True, help="Print JSON for a script.")
def prove(announcement_id: int, as_json: bool) -> None:  # noqa: FBT001 - click passes options by position
    """Compute the report of the announcement ID again, and compare rows, report and audit chain."""
    with acts.refusals(NoReport), transaction() as session:
        proof = _proof(session, _found(session, announcement_id))
    if as_json:
        click.echo(json.dumps(proof.as_json()))
    else:
        for check in proof.checks:
            click.echo(f"{'holds' if check.holds else 'FAILS'}  {check.check:<8}  {check.says}")
    raise SystemExit(0 if proof.holds else 1)


def _proof(session: Session, announcement: Announcement) -> Proof:
    entries = audit.entries(session, act=closing.ACT, subject=closing.subject(announcement.id))
    faults = audit.verify(session, derived.audit_key(core().settings))
    return proving.prove(session, announcement, Chain(faults, [entry.detail for entry in entries]))


def _found(session: Session, announcement_id: int) -> Announcement:
    found = announcements.get(session, announcement_id)
    if found is None:
        raise NoReport(
            f"There is no announcement {announcement_id}; see 'flask announcements list'."
        )
    return found


def _kept(session: Session, announcement_id: int) -> AnnouncementReport:
    announcement = _found(session, announcement_id)
    kept = closing.kept(session, announcement_id)
    if kept is None:
        raise NoReport(
            f"Announcement {announcement_id} is {announcement.state}; its report is made within seconds "
            "once it is over."
        )
    return kept


def _lines(kept: AnnouncementReport) -> list[str]:
    document = kept.document
    times, figures = document["times"], document["equation"]
    took, rate = times["sending_seconds"], times["mails_a_second"] or 0
    terms = [
        f"{figures[name]:,} {name}" for name in ("accepted", "refused", "skipped", "uncertain")
    ]
    return [
        f"announcement {kept.announcement_id} ({document['audience']}) of {document['release']}",
        f"started {times['started'] or 'never'}, {document['state']} {times['finished']}",
        f"sending took {took:,} seconds: {rate:,} mails a second",
        f"{figures['recipients']:,} recipients = {' + '.join(terms)}",
        *_reasons("refused", document["refused"]),
        *_reasons("skipped", document["skipped"]),
        *_ids("uncertain", document["uncertain"]),
        *_ids("perhaps twice", document["perhaps_twice"]),
        f"report sha256:{kept.digest.hex()}",
    ]


def _reasons(name: str, part: dict[str, Any]) -> list[str]:
    lines = [f"{name} {each['count']:>9,}  {each['reason']}" for each in part["reasons"]]
    others = part["other_reasons"]
    return lines + ([f"{name} {others:>9,}  for other reasons; --csv has all"] if others else [])


def _ids(name: str, part: dict[str, Any]) -> list[str]:
    lines = [f"{name}: delivery {each['id']}, {each['reason']}" for each in part["deliveries"]]
    return lines + ([f"{name}: {part['more']:,} more; --csv has all"] if part["more"] else [])
