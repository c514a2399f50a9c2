"""What every command does alike: it writes into the audit chain, and says a refusal as one sentence."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import click
from sqlalchemy.orm import Session

from config import derived
from staff import audit
from wiring.core import core


def record(
    session: Session, act: str, *, subject: str, detail: str = "", staff_id: int | None = None
) -> None:
    """Record what a command does, in the transaction that does it; `staff_id` is in whose name."""
    audit.append(
        session,
        staff_id=staff_id,
        act=act,
        subject=subject,
        detail=detail,
        now=datetime.now(UTC),
        key=derived.audit_key(core().settings),
    )


@contextmanager
def refusals(*kinds: type[Exception]) -> Iterator[None]:
    """Turn errors of these kinds into their one sentence on stderr, exit code 1."""
    try:
        yield
    except kinds as error:
        raise click.ClickException(str(error)) from None
