"""Lists in files, imported by the services that the command calls."""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pytest
from flask import Flask
from sqlalchemy import select

from db.session import KEYRING, transaction
from mailer import subscribers, topics
from mailer.lists import importing, imports, mapping, table
from mailer.lists.importing import Importer
from mailer.lists.imports import Progress, Source
from mailer.lists.reconfirming import Pace
from mailer.lists.refusals import RefusedLines
from mailer.lists.rows import Rules
from mailer.lists.table import Table
from mailer.models.subscribers import ConsentEvent, Topic
from tests import builders
from tests.builders import NOW

HEADER = "email,topics,language,confirmed_at,consent_note\n"
PROOF = "2024-03-01T12:00:00Z"


def rules_for(opened: Table, *, chosen: list[Topic], reconfirm: bool = False) -> Rules:
    """Return rules by which the rows of this list are judged."""
    return Rules(
        fit=mapping.fit(opened, {}),
        columns=len(opened.columns),
        topics={topic.slug: topic for topic in chosen},
        default_topics=chosen,
        language="en",
        reconfirm=reconfirm,
        now=NOW,
    )


@dataclass(frozen=True)
class Lists:
    """Imports lists as the command does; the refused lines go into one file."""

    app: Flask
    refused: Path

    def opened(self, stream: BinaryIO, pace: Pace | None = None) -> tuple[Importer, Table, Source]:
        """Open a list, and make what imports it."""
        digest, opened = imports.digest(stream), table.read(stream)
        with transaction() as session:
            chosen = list(topics.every(session))
        rules = rules_for(opened, chosen=chosen, reconfirm=pace is not None)
        refused = RefusedLines(self.refused, importing.columns(opened, rules))
        keys = self.app.extensions[KEYRING]
        source = Source("list.csv", digest, dict(rules.fit.names), reconfirm=pace is not None)
        return Importer(transaction, keys, rules, refused, pace), opened, source

    def take(self, content: str | bytes, pace: Pace | None = None) -> Progress:
        """Import a list to its end."""
        raw = content.encode() if isinstance(content, str) else content
        importer, opened, source = self.opened(io.BytesIO(raw), pace)
        *_, progress = importer.run(opened, source)
        return progress

    def rows(self, *rows: str) -> Progress:
        """Import a list of our own form: 'address,topics'."""
        return self.take(HEADER + "".join(f"{row},en,{PROOF},\n" for row in rows))

    def reasons(self) -> list[str]:
        """Return the refused lines as 'line: reason'."""
        if not self.refused.exists():
            return []
        rows = table.read(io.BytesIO(self.refused.read_bytes())).rows
        return [f"{row.cells[0]}: {row.cells[1]}" for row in rows]


@pytest.fixture
def lists(app: Flask, tmp_path: Path) -> Lists:
    """Give a place to import from, and two topics to ask for."""
    builders.topic()
    builders.topic("courts", "Courts")
    return Lists(app, tmp_path / "refused.csv")


def counts(progress: Progress) -> tuple[int, int, int, int]:
    """Return how many were added, updated, unchanged and refused."""
    return progress.added, progress.updated, progress.unchanged, progress.refused


def events() -> list[ConsentEvent]:
    """Return every consent event, oldest first."""
    with transaction() as session:
        return list(session.scalars(select(ConsentEvent).order_by(ConsentEvent.id)))


def topics_of(address: str) -> list[str]:
    """Return what a subscriber hears about."""
    with transaction() as session:
        found = subscribers.find(session, address)
        return [topic.slug for topic in found.topics] if found else []
