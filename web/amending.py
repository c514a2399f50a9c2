"""What a draft was before it was tied to the release that it amends: the audit chain keeps it."""

import re
from collections.abc import Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from mailer import releases
from mailer.models.releases import Amends, Release
from mailer.models.subscribers import Topic
from staff import audit

ACT: Final = "release.amend"
"""What the audit chain calls the tying."""
_BEFORE: Final = re.compile(r"topics before: ([\d ]*)$")


def detail(session: Session, release: Release, kind: Amends, amended: Release) -> str:
    """Say for the audit chain what is about to be done, and which topics the draft had before.

    Raise releases.ReleaseIsFixed.
    """
    # Held from here on: the topics that are noted are those that are replaced.
    releases.begin_change(session, release)
    # Tied a second time, it has the topics of the first one that it was tied to.
    before = release.topics if release.amended_id is None else topics_before(session, release)
    said = f"{kind} of release {amended.id}"
    if before is None:
        return said
    return f"{said}, topics before: {' '.join(str(topic.id) for topic in before)}"


def topics_before(session: Session, release: Release) -> Sequence[Topic] | None:
    """Return the topics that a tied draft had before, but for retired ones; None where nobody noted them."""
    noted = audit.entries(session, act=ACT, subject=f"release {release.id}")
    found = _BEFORE.search(noted[-1].detail) if noted else None
    if found is None:
        return None
    ids = [int(number) for number in found[1].split()]
    wanted = select(Topic).where(Topic.id.in_(ids), Topic.retired_at.is_(None))
    return session.scalars(wanted.order_by(Topic.position)).all()
