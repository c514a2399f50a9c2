"""Acts that cannot be done now: each is answered 409 with a sentence that says why and what to do."""

from http import HTTPStatus
from typing import Final

from flask import Blueprint, Response, render_template
from werkzeug.exceptions import NotFound

from mailer import announcements, lifecycle, releases
from mailer.lifecycle import Event
from mailer.models.announcements import AnnouncementState as State
from web import errors

OVERTAKEN: Final = {
    State.APPROVED: "It was approved already.",
    State.SCHEDULED: "It was approved already, and starts by itself at its hour.",
    State.HELD: "It was approved already, and waits for somebody to start it.",
    State.PREPARING: "It is on its way already: somebody pressed the button before. It is sent once.",
    State.SENDING: "It is on its way already: somebody pressed the button before. It is sent once.",
    State.PAUSED: "It is on its way already, and paused. It is sent once.",
    State.FINISHED: "It was sent already. Nobody gets it twice.",
    State.CANCELLED: "It was taken back. Propose the release anew if it is to be sent after all.",
}
"""What an announcement's state says to a person whose press came too late."""

REPEATED: Final = {
    (State.PAUSED, Event.PAUSE): "It is paused already.",
    (State.PREPARING, Event.RESUME_FREEZING): "It goes on already: somebody resumed it before.",
    (State.PREPARING, Event.RESUME): "It goes on already: somebody resumed it before.",
    (State.SENDING, Event.RESUME): "It goes on already: somebody resumed it before.",
    (State.APPROVED, Event.UNSCHEDULE): "It has no hour any more: somebody took it back before.",
    (State.APPROVED, Event.PAUSE): "It has not started, so there is nothing to pause.",
    (State.SCHEDULED, Event.PAUSE): "It has not started, so there is nothing to pause.",
}
"""The same where what was pressed says it better than the state alone."""


def install(blueprint: Blueprint) -> None:
    """Answer the refusals of the services inside this blueprint."""
    for kind in (announcements.AnnouncementRefused, releases.ReleaseIsFixed):
        blueprint.register_error_handler(kind, lambda error: _page(str(error)))
    blueprint.register_error_handler(lifecycle.NotLawful, _overtaken)
    blueprint.register_error_handler(releases.UnknownRelease, _unknown)


def _overtaken(error: lifecycle.NotLawful) -> tuple[str, int]:
    state = OVERTAKEN.get(error.state, "It is not ready for that yet. See its page.")
    return _page(REPEATED.get((error.state, error.event), state))


def _page(sentence: str) -> tuple[str, int]:
    return render_template("staff/conflict.html", sentence=sentence), HTTPStatus.CONFLICT


def _unknown(_error: releases.UnknownRelease) -> Response:
    # Not `abort`: what an error handler raises is answered 500.
    return errors.answer(NotFound())
