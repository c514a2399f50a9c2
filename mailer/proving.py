"""Proving: an announcement's rows, its kept report and the audit chain are held against one another.

Each check says what it means and, where it fails, what to do. Nothing is changed.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from sqlalchemy import and_, func, not_, select
from sqlalchemy.orm import Session

from mailer import closing
from mailer.closing import Document
from mailer.models.announcements import Announcement, AnnouncementReport
from mailer.models.deliveries import Delivery, DeliveryState

_NAMED: Final = 5
"""How many deliveries a sentence names."""


@dataclass(frozen=True)
class Chain:
    """What the staff's audit chain says: its faults, and the details of the entries about one report."""

    faults: Sequence[str]
    details: Sequence[str]


@dataclass(frozen=True)
class Check:
    """One thing that must be true, whether it is, and what that means."""

    check: str
    holds: bool
    says: str


@dataclass(frozen=True)
class Proof:
    """All checks of one announcement."""

    announcement_id: int
    checks: Sequence[Check]

    @property
    def holds(self) -> bool:
        """Whether every check does."""
        return all(check.holds for check in self.checks)

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        checks = [asdict(check) for check in self.checks]
        return {"id": self.announcement_id, "proved": self.holds, "checks": checks}


def prove(session: Session, announcement: Announcement, chain: Chain) -> Proof:
    """Compute an announcement's report again, and compare rows, report and chain."""
    report = closing.kept(session, announcement.id)
    now = closing.compute(session, announcement)
    of_report = (
        [_rows(session, report, now), _digest(report), _entry(report, chain)]
        if report
        else [_missing(announcement.id, chain)]
    )
    checks = [*of_report, _chain(chain), _equation(now), _once(session, announcement)]
    return Proof(announcement.id, checks)


def _missing(announcement_id: int, chain: Chain) -> Check:
    if chain.details:
        says = (
            "The audit chain knows of a report, and none is kept: somebody deleted it. Restore it "
            "from a backup, and find out who had access to the database."
        )
    else:
        says = (
            "No report is kept. It is made within seconds once the announcement is over: see "
            f"'flask announcements status {announcement_id}', and whether a worker listens to maint."
        )
    return Check("report", holds=False, says=says)


def _rows(session: Session, report: AnnouncementReport, now: Document) -> Check:
    was = report.document
    differ = sorted(key for key in was.keys() | now.keys() if was.get(key) != now.get(key))
    if not differ:
        return Check("rows", holds=True, says="The rows are what the report says they were.")
    late = _settled_late(session, report)
    says = f"The rows are no longer what the report says, in: {', '.join(differ)}. "
    if late:
        says += (
            f"Settled after the report was made: {_some(late)}. A worker that was taken for lost may have "
            "come back and told what the relay accepted; then the rows are right."
        )
    else:
        says += "Somebody changed them: compare with a backup, and find out who had access."
    return Check("rows", holds=False, says=says)


def _settled_late(session: Session, report: AnnouncementReport) -> Sequence[int]:
    return session.scalars(
        select(Delivery.id)
        .where(
            Delivery.announcement_id == report.announcement_id,
            Delivery.settled_at > report.made_at,
        )
        .order_by(Delivery.id)
        .limit(_NAMED + 1)
    ).all()


def _digest(report: AnnouncementReport) -> Check:
    if closing.digest(report.document) == report.digest:
        return Check("digest", holds=True, says=f"The report's SHA-256 is {report.digest.hex()}.")
    says = "The kept report does not have the SHA-256 kept beside it: one of them was changed."
    return Check("digest", holds=False, says=f"{says} Restore the row from a backup.")


def _entry(report: AnnouncementReport, chain: Chain) -> Check:
    if list(chain.details) == [closing.detail(report.digest)]:
        return Check("entry", holds=True, says="The audit chain has one entry, with this SHA-256.")
    if not chain.details:
        says = "No entry of the audit chain names this report: it was not made by a worker of ours."
    elif len(chain.details) > 1:
        says = (
            "The audit chain has several entries about this report: it was deleted and made anew."
        )
    else:
        says = "The audit chain names another SHA-256: the report was replaced after it was made."
    return Check("entry", holds=False, says=f"{says} Trust the chain and a backup, not the report.")


def _chain(chain: Chain) -> Check:
    if not chain.faults:
        says = "The audit chain is whole: no entry was changed, added or cut out."
        return Check("chain", holds=True, says=says)
    says = (
        f"The audit chain is not whole: {chain.faults[0]}. See 'flask audit verify' for all of it."
    )
    return Check("chain", holds=False, says=says)


def _equation(now: Document) -> Check:
    figures = now["equation"]
    terms = " + ".join(
        f"{figures[name]:,} {name}" for name in ("accepted", "refused", "skipped", "uncertain")
    )
    said = f"{figures['recipients']:,} recipients, {terms}"
    if figures["holds"]:
        return Check("equation", holds=True, says=f"Everybody is accounted for: {said}.")
    says = f"Not everybody is accounted for: {said}. Rows are missing, or it is not over."
    return Check("equation", holds=False, says=says)


def _once(session: Session, announcement: Announcement) -> Check:
    pairs = _mailed_twice(session, announcement.release_id)
    if not pairs:
        says = "No subscriber has two deliveries of this release that may have reached them."
        return Check("once", holds=True, says=says)
    named = "; ".join(_some(pair) for pair in pairs)
    says = f"One subscriber has several deliveries of this release that may have reached them: {named}."
    return Check("once", holds=False, says=f"{says} Tell whoever keeps this software.")


def _mailed_twice(session: Session, release_id: int) -> Sequence[Sequence[int]]:
    never = Delivery.state.in_((DeliveryState.SKIPPED, DeliveryState.REFUSED))
    return session.scalars(
        select(func.array_agg(Delivery.id))
        .join(Announcement, Announcement.id == Delivery.announcement_id)
        .where(Announcement.release_id == release_id, not_(and_(never, Delivery.doubts == 0)))
        .group_by(Delivery.subscriber_id)
        .having(func.count() > 1)
        .order_by(func.min(Delivery.id))
        .limit(_NAMED)
    ).all()


def _some(ids: Sequence[int]) -> str:
    rest = " and more" if len(ids) > _NAMED else ""
    return f"delivery {', '.join(map(str, ids[:_NAMED]))}{rest}"
