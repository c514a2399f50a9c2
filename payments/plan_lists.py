"""The list of plans that staff read, newest first, page by page; it names no donor."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from config import limits
from payments.models.giving import Plan, PlanState


@dataclass(frozen=True, slots=True)
class Page:
    """Some plans, and the number before which the next page begins; None behind the last."""

    plans: Sequence[Plan]
    before: int | None


def page(
    session: Session,
    *,
    state: PlanState | None = None,
    donor_id: int | None = None,
    before: int | None = None,
) -> Page:
    """Return the newest plans, of one state or donor where that is asked, of those below `before`."""
    found = select(Plan).options(joinedload(Plan.fund)).order_by(Plan.id.desc())
    for column, value in ((Plan.state, state), (Plan.donor_id, donor_id)):
        if value is not None:
            found = found.where(column == value)
    if before is not None:
        found = found.where(Plan.id < before)
    rows = session.scalars(found.limit(limits.PAGE_ROWS + 1)).all()
    shown = rows[: limits.PAGE_ROWS]
    return Page(shown, shown[-1].id if len(rows) > len(shown) else None)
