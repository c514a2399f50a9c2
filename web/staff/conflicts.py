"""Acts that cannot be done now: each is answered 409 with a sentence that says why and what to do."""

from http import HTTPStatus
from typing import Final

from flask import Blueprint, Response, render_template
from werkzeug.exceptions import NotFound

from mailer import announcements, lifecycle, releases
from mailer.models.announcements import AnnouncementState as State
from web import errors

OVERTAKEN: Final = {
    State.APPROVED: "It was approved already.",
    State.PREPARING: "It is on its way already: somebody pressed the button before. It is sent once.",
    State.SENDING: "It is on its way already: somebody pressed the button before. It is sent once.",
    State.FINISHED: "It was sent already. Nobody gets it twice.",
    State.CANCELLED: "It was taken back. Propose the release anew if it is to be sent after all.",
}
"""What an announcement's state says to a person whose press came too late."""


def install(blueprint: Blueprint) -> None:
    """Answer the refusals of the services inside this blueprint."""
    for kind in (announcements.AnnouncementRefused, releases.ReleaseIsFixed):
        blueprint.register_error_handler(kind, lambda error: _page(str(error)))
    blueprint.register_error_handler(lifecycle.NotLawful, _overtaken)
    blueprint.register_error_handler(releases.UnknownRelease, _unknown)


def _overtaken(error: lifecycle.NotLawful) -> tuple[str, int]:
    return _page(OVERTAKEN.get(error.state, "It is not ready for that yet. See its page."))


def _page(sentence: str) -> tuple[str, int]:
    return render_template("staff/conflict.html", sentence=sentence), HTTPStatus.CONFLICT


def _unknown(_error: releases.UnknownRelease) -> Response:
    # Not `abort`: what an error handler raises is answered 500.
    return errors.answer(NotFound())
