"""The life of an announcement as one table: (state, event) -> state. No I/O; tested over every pair."""

import enum
from typing import Final

from mailer.models.announcements import AnnouncementState as State


class Event(enum.StrEnum):
    """What may happen to an announcement."""

    APPROVE = "approve"
    START = "start"
    FROZEN = "audience frozen"
    DRAINED = "nothing left to send"
    CANCEL = "cancel"


class NotLawful(Exception):
    """An event cannot happen to an announcement in this state."""

    def __init__(self, state: State, event: Event) -> None:
        super().__init__(f"An announcement that is {state.value} cannot take '{event.value}'.")
        self.state, self.event = state, event


MOVES: Final = {
    (State.IN_REVIEW, Event.APPROVE): State.APPROVED,
    (State.IN_REVIEW, Event.CANCEL): State.CANCELLED,
    (State.APPROVED, Event.START): State.PREPARING,
    (State.APPROVED, Event.CANCEL): State.CANCELLED,
    (State.PREPARING, Event.FROZEN): State.SENDING,
    (State.SENDING, Event.DRAINED): State.FINISHED,
}
"""Every lawful move; what is not here is refused by name."""


def after(state: State, event: Event) -> State:
    """Return the state an event leads to; raise NotLawful."""
    try:
        return MOVES[state, event]
    except KeyError:
        raise NotLawful(state, event) from None
