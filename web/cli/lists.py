"""`flask subscribers import` and `export`: lists that come and go by file."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final

import click

from config import limits
from db.session import transaction
from mailer import topics
from mailer.lists import exporting, imports, mapping, reading
from mailer.lists.exporting import Format
from web.cli import acts, new_files, subscribers
from web.cli.list_runs import NoTopic, Run, Wishes

group = subscribers.group


_REFUSALS: Final = (
    new_files.BadFile,
    reading.Unreadable,
    mapping.BadMapping,
    imports.ImportOvertaken,
    imports.AskedAlready,
    topics.UnknownTopic,
    NoTopic,
)
_FILE: Final = click.Path(dir_okay=False, path_type=Path)


@group.command("import")
@click.argument("file", type=_FILE)
@click.option("--map", "told", multiple=True, metavar="FIELD=COLUMN", help="What feeds a field.")
@click.option("--topic", "slugs", multiple=True, metavar="SLUG", help="For rows without topics.")
@click.option("--reconfirm", is_flag=True, help="Ask each person by mail, for lack of a proof.")
@click.option(
    "--rate",
    type=click.IntRange(1, limits.RECONFIRM_A_MINUTE),
    default=limits.RECONFIRM_A_MINUTE,
    show_default=True,
    help="With --reconfirm: how many are asked in a minute.",
)
@click.option(
    "--refused", "refused_path", type=_FILE, help="For refused lines; else FILE.refused.csv."
)
@click.option("--dry-run", is_flag=True, help="Change nothing; say what would happen.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for a script.")
def import_list(file: Path, as_json: bool, **wishes: Any) -> None:  # noqa: ANN401, FBT001 - click passes options so
    """Import a list: email,topics,language,confirmed_at,consent_note, or what another system exported.

    Exports of listmonk, Mailchimp and Mailman are known by their columns. Each row needs its proof of
    consent (confirmed_at), or --reconfirm. Nobody who left is brought back. The same file again goes on
    where it was stopped.
    """
    with acts.refusals(*_REFUSALS), new_files.named(file), file.open("rb") as stream:
        run = Run.of(file, stream, Wishes(**wishes))
        if not as_json:
            click.echo("\n".join(run.found()))
        progress = run.go()
    report = json.dumps(run.report(progress)) if as_json else "\n".join(run.done(progress))
    click.echo(report)


@group.command("export")
@click.option("--format", "kind", type=click.Choice([each.value for each in Format]), default="csv")
@click.option("--output", type=_FILE, help="A new file; standard output else.")
@click.option("--reason", default="", metavar="TEXT", help="What for; kept in the audit log.")
def export_list(kind: str, output: Path | None, reason: str) -> None:
    """Write out the confirmed subscribers who have a topic and are not suppressed."""
    reason = " ".join(reason.split())[: limits.EXPORT_REASON_LENGTH]
    detail = f"by command, {kind}" + (f": {reason}" if reason else "")
    with (
        acts.refusals(new_files.BadFile, exporting.ExportBroken),
        new_files.named(output or Path("the output")),
        _opened(output) as stream,
    ):
        # Committed first: who breaks an export off has seen a part of it.
        with transaction() as session:
            acts.record(session, "subscribers.export", subject="subscribers", detail=detail)
        with transaction() as session:
            for piece in exporting.written(session, Format(kind)):
                stream.write(piece.encode())
    if output:
        click.echo(f"Written to {output}; it names everybody, so keep it safe.", err=True)


@contextmanager
def _opened(output: Path | None) -> Iterator[BinaryIO]:
    """Give standard output, or a new file."""
    if output is None:
        yield sys.stdout.buffer
        return
    with new_files.opened(output) as stream:
        yield stream
