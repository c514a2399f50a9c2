"""The life of an announcement: what may happen when, and that nothing is sent unapproved."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer import lifecycle
from mailer.lifecycle import Event, NotLawful
from mailer.models.announcements import AnnouncementState as State

LAWFUL = {
    ("in review", "approve"): "approved",
    ("in review", "cancel"): "cancelled",
    ("approved", "start"): "preparing",
    ("approved", "cancel"): "cancelled",
    ("preparing", "audience frozen"): "sending",
    ("sending", "nothing left to send"): "finished",
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
    if state in {State.PREPARING, State.SENDING, State.FINISHED}:
        assert happened[:2] == [Event.APPROVE, Event.START]
        assert Event.CANCEL not in happened


@given(st.sampled_from(Event))
def test_what_has_ended_stays_ended(event: Event) -> None:
    for state in (State.FINISHED, State.CANCELLED):
        with pytest.raises(NotLawful):
            lifecycle.after(state, event)
