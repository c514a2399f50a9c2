"""`flask donations export`: the books as files for an accountant."""

import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import BinaryIO, Final

import click

from db.session import transaction
from mailer.lists import cells
from payments.exporting import files
from payments.exporting.files import BadExport, Export, Kind
from payments.exporting.journal import Format
from payments.exporting.rows import ExportBroken
from payments.exporting.spans import BadSpan, Span
from web import hours
from web.cli import acts, donations, new_files

group = donations.group

_FILE: Final = click.Path(dir_okay=False, path_type=Path)


@group.command("export")
@click.argument("kind", type=click.Choice([each.value for each in Kind]))
@click.option("--from", "first", required=True, metavar="DAY", help="The first day: 2026-01-01.")
@click.option("--to", "last", required=True, metavar="DAY", help="The last day, it too.")
@click.option(
    "--format", "format_", type=click.Choice([each.value for each in Format]), help="Of a journal."
)
@click.option("--names", is_flag=True, help="Say who gave; only of gifts.")
@click.option("-o", "--output", type=_FILE, help="A new file; standard output else.")
def export(
    *, kind: str, first: str, last: str, format_: str | None, names: bool, output: Path | None
) -> None:
    """Write out the books of some days: gifts, ledger or payouts as CSV, or a journal.

    The audit log has it before the first row leaves.
    """
    with (
        acts.refusals(BadSpan, BadExport, ExportBroken, new_files.BadFile),
        new_files.named(output or Path("the output")),
    ):
        span = Span.read(first, last, hours.home())
        wanted = Export.read(kind, span, format_=format_ or "", names=names)
        with _opened(output) as stream:
            _write(wanted, stream)


def _opened(output: Path | None) -> AbstractContextManager[BinaryIO]:
    return nullcontext(sys.stdout.buffer) if output is None else new_files.opened(output)


def _write(wanted: Export, stream: BinaryIO) -> None:
    # Committed first: who breaks an export off has seen a part of it.
    with transaction() as session:
        detail = f"by command, {wanted}"
        acts.record(session, "donations.export", subject="donations", detail=detail)
    with transaction() as session:
        pieces = files.written(session, wanted, safe=cells.safe)
        stream.writelines(piece.encode() for piece in pieces)
