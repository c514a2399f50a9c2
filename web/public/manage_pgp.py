"""The OpenPGP key on a subscriber's own page: give one, see which it is, take it away."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from config.languages import N_
from db.session import transaction
from mailer import certificates, pgp
from mailer.models.subscribers import Subscriber
from mailer.pgp import Certificate
from web.public import manage_links, own_page

blueprint = Blueprint("public_manage_pgp", __name__)
manage_links.install(blueprint)

FIELD: Final = "pgp"
NOT_HERE: Final = N_("We cannot encrypt mails at present, so we have not kept the key.")


@dataclass(frozen=True, slots=True)
class Held:
    """What the page says of a subscriber's key: `fault` is why nothing can be encrypted to it now."""

    offered: bool
    given: bool
    certificate: Certificate | None = None
    fault: str = ""

    @property
    def fingerprint(self) -> str:
        """The fingerprint in groups of four, as programs show it for comparing."""
        digits = self.certificate.fingerprint if self.certificate else ""
        return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))


@blueprint.post("/manage/<token>/pgp")
def keep(token: str) -> ResponseReturnValue:
    """Encrypt to the key that was pasted; what is refused is neither kept nor shown again."""
    holder, now = manage_links.read_fresh(token), datetime.now(UTC)
    try:
        certificate = pgp.read(request.form.get(FIELD, ""), now=now)
    except pgp.BadCertificate as bad:
        return own_page.show(token, holder, faults={FIELD: str(bad)})
    except pgp.Unavailable:
        return own_page.show(token, holder, faults={FIELD: NOT_HERE})
    with transaction() as session:
        certificates.keep(session, manage_links.owner(session, holder), certificate)
    return _back(token, "encrypted")


@blueprint.post("/manage/<token>/pgp/remove")
def remove(token: str) -> ResponseReturnValue:
    """Send mails in clear again."""
    holder = manage_links.read_fresh(token)
    with transaction() as session:
        certificates.remove(manage_links.owner(session, holder))
    return _back(token, "clear")


@blueprint.app_template_global("pgp_key_of")
def held(subscriber: Subscriber) -> Held:
    """Return what `public/manage-pgp.html` shows."""
    offered, given = pgp.is_available(), subscriber.pgp_certificate is not None
    try:
        with transaction() as session:
            found = certificates.held(session, subscriber, now=datetime.now(UTC))
    except pgp.BadCertificate as bad:
        return Held(offered, given, fault=str(bad))
    except pgp.Unavailable:
        return Held(offered, given)
    return Held(offered, given, certificate=found)


def _back(token: str, done: str) -> ResponseReturnValue:
    return redirect(url_for("public_manage.show", token=token, done=done), 303)
