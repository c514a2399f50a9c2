"""One run of `flask subscribers import`: what was found in the file, its progress, and what came of it."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Self

import click
from flask import current_app
from sqlalchemy.orm import Session

from db.session import KEYRING, transaction
from mailer import topics
from mailer.lists import importing, imports, mapping, table
from mailer.lists.importing import Begin, Importer
from mailer.lists.imports import Progress, Source
from mailer.lists.reconfirming import Pace
from mailer.lists.refusals import RefusedLines
from mailer.lists.rows import Rules
from mailer.lists.table import Table
from web.cli import acts
from wiring.core import core


class NoTopic(LookupError):
    """There is nothing to subscribe anybody to; `flask topics add` makes a topic."""


@dataclass(frozen=True)
class Wishes:
    """The options of the command."""

    told: Sequence[str]
    slugs: Sequence[str]
    reconfirm: bool
    rate: int
    refused_path: Path | None
    dry_run: bool


@dataclass(frozen=True)
class Run:
    """A list that was opened, and what is to be done with it."""

    stream: BinaryIO
    size: int
    wishes: Wishes
    table: Table
    source: Source
    rules: Rules
    refused: RefusedLines

    @classmethod
    def of(cls, file: Path, stream: BinaryIO, wishes: Wishes) -> Self:
        """Open the list; raise Unreadable, BadMapping, UnknownTopic, NoTopic or OSError."""
        digest = imports.digest(stream)
        opened = table.read(stream)
        rules = _rules(opened, wishes)
        refused = wishes.refused_path or importing.refused_path(file)
        return cls(
            stream=stream,
            size=file.stat().st_size,
            wishes=wishes,
            table=opened,
            source=Source(file.name, digest, _kept(rules), wishes.reconfirm),
            rules=rules,
            refused=RefusedLines(refused, importing.columns(opened, rules)),
        )

    def found(self) -> Iterator[str]:
        """Say which mapping was found, and what rows without topics get."""
        yield f"This looks like a list of this kind: {self.rules.fit.form}."
        yield from (f"  {sentence}" for sentence in self.rules.fit.sentences)
        names = ", ".join(topic.slug for topic in self.rules.default_topics)
        which = "" if self.wishes.slugs else "all topics: "
        yield f"  Rows without topics get {which}{names}."
        yield "  To feed a field from another column: --map FIELD=COLUMN."

    def go(self) -> Progress:
        """Import, show how far it is, and return the last progress."""
        begin: Begin = _taken_back if self.wishes.dry_run else transaction
        pace = Pace(self.wishes.rate, core().organisation.name) if self.wishes.reconfirm else None
        importer = Importer(
            begin=begin,
            keys=current_app.extensions[KEYRING],
            rules=self.rules,
            refused=self.refused,
            pace=pace,
            rehearsal=self.wishes.dry_run,
        )
        steps = importer.run(self.table, self.source)
        progress = next(steps)
        with click.progressbar(length=self.size, label="Importing", file=sys.stderr) as bar:
            for _ in steps:
                bar.update(max(0, self.stream.tell() - bar.pos))
        with begin() as session:
            acts.record(
                session, "subscribers.import", subject=progress.source, detail=_counts(progress)
            )
        return progress

    def report(self, progress: Progress) -> dict[str, Any]:
        """Return what --json prints."""
        return {
            "import": None if self.wishes.dry_run else progress.import_id,
            "dry_run": self.wishes.dry_run,
            "reconfirm": self.wishes.reconfirm,
            "mapping": self.source.wishes,
            "rows": progress.rows,
            "added": progress.added,
            "updated": progress.updated,
            "unchanged": progress.unchanged,
            "refused": progress.refused,
            "refused_file": str(self.refused.path) if progress.refused else None,
        }

    def done(self, progress: Progress) -> Iterator[str]:
        """Say what became of the rows, and where the refused lines are."""
        yield f"{'Nothing was changed. It would be: ' * self.wishes.dry_run}{_counts(progress)}."
        if self.wishes.reconfirm:
            yield f"Those added are asked by mail, {self.wishes.rate} a minute; none is subscribed yet."
        if progress.refused:
            yield f"The refused lines, each with its reason: {self.refused.path}"


def _rules(opened: Table, wishes: Wishes) -> Rules:
    told = dict(_pair(each) for each in wishes.told)
    fit = mapping.fit(opened, told)
    with transaction() as session:
        known, current = topics.every(session), topics.current(session)
        named = topics.named(session, wishes.slugs)
        default = named if wishes.slugs else topics.offered(session)
    if not current:
        raise NoTopic("There are no topics yet; 'flask topics add SLUG NAME' makes one.")
    return Rules(
        fit=fit,
        columns=len(opened.columns),
        topics={topic.slug: topic for topic in known},
        default_topics=default,
        language=core().settings.org_language,
        reconfirm=wishes.reconfirm,
        now=datetime.now(UTC),
    )


def _pair(told: str) -> tuple[str, str]:
    name, equals, column = told.partition("=")
    if not equals:
        raise mapping.BadMapping(f"--map {told}: give a field and a column, as in email=Address.")
    return name.strip(), column.strip()


def _kept(rules: Rules) -> dict[str, Any]:
    """Return the wishes that make an import this import, as its row keeps them."""
    return {
        "form": rules.fit.form,
        "columns": dict(rules.fit.names),
        "topics": [topic.slug for topic in rules.default_topics],
    }


def _counts(progress: Progress) -> str:
    return (
        f"{progress.added:,} added, {progress.updated:,} updated, "
        f"{progress.unchanged:,} unchanged, {progress.refused:,} refused"
    )


@contextmanager
def _taken_back() -> Iterator[Session]:
    """Give a transaction that keeps nothing."""
    with transaction() as session:
        yield session
        session.rollback()
