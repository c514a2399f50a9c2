"""The life of an announcement: what may happen when, and that nothing is sent unapproved."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer import lifecycle
from mailer.lifecycle import Event, NotLawful
from mailer.models.announcements import OVER
from mailer.models.announcements import AnnouncementState as State

OPEN = ("in review", "approved", "scheduled", "held", "preparing", "sending", "paused")
LAWFUL = {
    ("in review", "approve"): "approved",
    ("approved", "schedule"): "scheduled",
    ("scheduled", "schedule"): "scheduled",
    ("scheduled", "unschedule"): "approved",
    ("scheduled", "overdue"): "held",
    ("held", "schedule"): "scheduled",
    ("approved", "start"): "preparing",
    ("scheduled", "start"): "preparing",
    ("held", "start"): "preparing",
    ("preparing", "audience frozen"): "sending",
    ("preparing", "pause"): "paused",
    ("sending", "pause"): "paused",
    ("paused", "resume"): "sending",
    ("paused", "resume freezing"): "preparing",
    ("sending", "nothing left to send"): "finished",
    **{(state, "cancel"): "cancelled" for state in OPEN},
    **{(state, "set rate"): state for state in OPEN},
}


@pytest.mark.parametrize("event", Event)
@pytest.mark.parametrize("state", State)
def test_each_pair_leads_where_it_should_or_is_refused_by_name(state: State, event: Event) -> None:
    if (state.value, event.value) in LAWFUL:
        assert lifecycle.after(state, event) == LAWFUL[state.value, event.value]
        return
    with pytest.raises(NotLawful, match=f"that is {state.value} cannot take '{event.value}'"):
        lifecycle.after(state, event)


@given(st.lists(st.sampled_from(Event), max_size=30))
def test_no_walk_comes_to_sending_without_an_approval_and_a_start(events: list[Event]) -> None:
    state, happened = State.IN_REVIEW, list[Event]()
    for event in events:
        try:
            state = lifecycle.after(state, event)
        except NotLawful:
            continue
        happened.append(event)
    if state in {State.PREPARING, State.SENDING, State.PAUSED, State.FINISHED}:
        assert happened.index(Event.APPROVE) < happened.index(Event.START)
        assert Event.CANCEL not in happened


@given(st.lists(st.sampled_from(Event), max_size=30))
def test_whatever_happens_a_person_can_still_cancel_what_is_not_over(events: list[Event]) -> None:
    state = State.IN_REVIEW
    for event in events:
        with suppress(NotLawful):
            state = lifecycle.after(state, event)
        if state not in OVER:
            assert lifecycle.after(state, Event.CANCEL) is State.CANCELLED


@given(st.sampled_from(Event))
def test_what_has_ended_stays_ended(event: Event) -> None:
    for state in (State.FINISHED, State.CANCELLED):
        with pytest.raises(NotLawful):
            lifecycle.after(state, event)
