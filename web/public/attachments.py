"""Attachments in public: the files of published releases; those of a draft are as if they did not exist."""

from flask import Blueprint, Response, abort

from config import limits
from db.session import transaction
from mailer import attachments
from web import downloads
from web.public import published

blueprint = Blueprint("public_attachments", __name__)


@blueprint.get("/releases/<slug>/attachments/<name>")
def show(slug: str, name: str) -> Response:
    """Send a file of a published release."""
    with transaction() as session:
        release = published.readable(session, slug)
        if release is None:
            abort(404)
        try:
            attachment = attachments.named(release, name)
        except attachments.UnknownAttachment:
            abort(404)
        return downloads.answer(attachment, keep=limits.ATTACHMENT_SECONDS)
