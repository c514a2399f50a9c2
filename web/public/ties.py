"""Ties between releases: what corrects or takes back what, of a whole list with one query."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from mailer import releases, surroundings
from mailer.models.releases import Release
from mailer.surroundings import Amendment
from wiring.core import core


@dataclass(frozen=True)
class Ties:
    """The other ends of the ties of some releases, as far as the public may read them, oldest first."""

    others: Sequence[Release]

    def amends(self, release: Release, language: str) -> Amendment | None:
        """Return the release that this one corrects or takes back."""
        if release.amended_id not in {other.id for other in self.others}:
            return None
        return surroundings.amended(release, language, links=core().links)

    def amended_by(self, release: Release, language: str) -> tuple[Amendment, ...]:
        """Return what corrects or takes back this one."""
        return surroundings.amended_by(self._amending(release), language, links=core().links)

    def amended_at(self, release: Release) -> datetime | None:
        """Return when the last of these came out; None where there is none."""
        times = (other.published_at for other in self._amending(release))
        return max((time for time in times if time), default=None)

    def _amending(self, release: Release) -> list[Release]:
        return [other for other in self.others if other.amended_id == release.id]


def of(session: Session, found: Sequence[Release]) -> Ties:
    """Find the ties of these releases."""
    amended = {release.amended_id for release in found} - {None}
    ends = or_(Release.id.in_(amended), Release.amended_id.in_({release.id for release in found}))
    others = (
        select(Release).where(ends, releases.readable()).options(selectinload(Release.versions))
    )
    return Ties(session.scalars(others.order_by(Release.published_at, Release.id)).all())
