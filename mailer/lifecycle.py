"""The life of an announcement as one table: (state, event) -> state. No I/O; tested over every pair."""

import enum
from typing import Final

from mailer.models.announcements import OVER
from mailer.models.announcements import AnnouncementState as State


class Event(enum.StrEnum):
    """What may happen to an announcement."""

    APPROVE = "approve"
    SCHEDULE = "schedule"
    UNSCHEDULE = "unschedule"
    #: Its time came and it could not start by itself: too late, or no longer as it was approved.
    OVERDUE = "overdue"
    START = "start"
    FROZEN = "audience frozen"
    PAUSE = "pause"
    RESUME = "resume"
    #: Resumed while the audience was not whole.
    RESUME_FREEZING = "resume freezing"
    #: Another rate: it changes no state, but only what is not over has a rate to change.
    SET_RATE = "set rate"
    DRAINED = "nothing left to send"
    CANCEL = "cancel"


class NotLawful(Exception):
    """An event cannot happen to an announcement in this state."""

    def __init__(self, state: State, event: Event) -> None:
        super().__init__(f"An announcement that is {state.value} cannot take '{event.value}'.")
        self.state, self.event = state, event


_OPEN = [state for state in State if state not in OVER]

MOVES: Final = {
    **{(state, Event.CANCEL): State.CANCELLED for state in _OPEN},
    **{(state, Event.SET_RATE): state for state in _OPEN},
    (State.IN_REVIEW, Event.APPROVE): State.APPROVED,
    (State.APPROVED, Event.SCHEDULE): State.SCHEDULED,
    (State.APPROVED, Event.START): State.PREPARING,
    (State.SCHEDULED, Event.SCHEDULE): State.SCHEDULED,
    (State.SCHEDULED, Event.UNSCHEDULE): State.APPROVED,
    (State.SCHEDULED, Event.OVERDUE): State.HELD,
    (State.SCHEDULED, Event.START): State.PREPARING,
    (State.HELD, Event.SCHEDULE): State.SCHEDULED,
    (State.HELD, Event.START): State.PREPARING,
    (State.PREPARING, Event.FROZEN): State.SENDING,
    (State.PREPARING, Event.PAUSE): State.PAUSED,
    (State.SENDING, Event.PAUSE): State.PAUSED,
    (State.SENDING, Event.DRAINED): State.FINISHED,
    (State.PAUSED, Event.RESUME): State.SENDING,
    (State.PAUSED, Event.RESUME_FREEZING): State.PREPARING,
}
"""Every lawful move; what is not here is refused by name."""


def after(state: State, event: Event) -> State:
    """Return the state an event leads to; raise NotLawful."""
    try:
        return MOVES[state, event]
    except KeyError:
        raise NotLawful(state, event) from None
