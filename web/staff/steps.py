"""What the signed-in member may do with an announcement as it stands: by its state, and by their roles."""

from collections.abc import Mapping
from typing import Final

from flask_security import current_user

from mailer import approvals, lifecycle
from mailer.lifecycle import Event
from mailer.models.announcements import Announcement
from staff.models import RoleName

SENDERS: Final = (RoleName.APPROVER, RoleName.ADMIN)
"""Who may start, schedule, resume and slow down what was approved, and break the glass."""
_READERS: Final = (RoleName.AUTHOR, *SENDERS)

ROLES: Final[Mapping[Event, tuple[RoleName, ...]]] = {
    Event.APPROVE: (RoleName.APPROVER,),
    Event.SCHEDULE: SENDERS,
    Event.UNSCHEDULE: SENDERS,
    Event.START: SENDERS,
    Event.RESUME: SENDERS,
    Event.SET_RATE: SENDERS,
    # Whoever sees that something is wrong may stop it.
    Event.PAUSE: _READERS,
    Event.CANCEL: _READERS,
}
"""The events that people cause, and whose role allows it; web/surfaces.py says the same of their pages."""
_NEED_APPROVED_WORDS: Final = {Event.APPROVE, Event.SCHEDULE, Event.START}
BREAK_GLASS: Final = "break glass"


def of(announcement: Announcement) -> frozenset[str]:
    """Return the steps that are open to the signed-in member, by the event's name, and 'break glass'."""
    events = {event for event in ROLES if _is_open(announcement, event)}
    if is_changed(announcement):
        events -= _NEED_APPROVED_WORDS
    mine = announcement.author_id == current_user.id
    waits = (announcement.state, Event.APPROVE) in lifecycle.MOVES and not is_changed(announcement)
    if mine:
        events.discard(Event.APPROVE)
    alone = {BREAK_GLASS} if mine and waits and _has_any(SENDERS) else set()
    return frozenset({event.value for event in events} | alone)


def is_changed(announcement: Announcement) -> bool:
    """Return whether the release is no longer what was proposed."""
    try:
        approvals.refuse_if_changed(announcement)
    except approvals.ContentChanged:
        return True
    return False


def _is_open(announcement: Announcement, event: Event) -> bool:
    return (announcement.state, event) in lifecycle.MOVES and _has_any(ROLES[event])


def _has_any(roles: tuple[RoleName, ...]) -> bool:
    return any(current_user.has_role(role.value) for role in roles)
