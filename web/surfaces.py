"""The web's one table: each blueprint, the prefix it answers under, and the guard that lets people in.

To plug a blueprint in, add one line to `SURFACES`. A route that no line covers stops the app from starting.
"""

from dataclasses import dataclass
from typing import Final

from flask import Blueprint, Flask, request
from flask.typing import ResponseReturnValue

from staff.models import RoleName
from web import guards, health
from web.api import challenges as api_challenges
from web.api import document as api_document
from web.api import releases as api_releases
from web.api import subscriptions as api_subscriptions
from web.api import topics as api_topics
from web.hooks import stripe as hooks_stripe
from web.public import address_changes as public_address_changes
from web.public import attachments as public_attachments
from web.public import donate as public_donate
from web.public import embedding as public_embedding
from web.public import giving as public_giving
from web.public import giving_declarations as public_giving_declarations
from web.public import giving_erasure as public_giving_erasure
from web.public import giving_links as public_giving_links
from web.public import giving_papers as public_giving_papers
from web.public import giving_plans as public_giving_plans
from web.public import giving_renaming as public_giving_renaming
from web.public import home as public_home
from web.public import manage as public_manage
from web.public import manage_pgp as public_manage_pgp
from web.public import pages as public_pages
from web.public import preferences as public_preferences
from web.public import releases as public_releases
from web.public import subscribers as public_subscribers
from web.public import unsubscriptions as public_unsubscriptions
from web.staff import (
    account,
    announcement_reports,
    announcements,
    approvals,
    attachments,
    break_glass,
    control,
    drafts,
    export_approvals,
    export_requests,
    exports,
    home,
    invitation,
    money_access,
    money_books,
    money_exports,
    money_funds,
    money_gifts,
    money_givers,
    money_plans,
    money_refunds,
    money_tasks,
    offline_gifts,
    previews,
    proofs,
    proposals,
    release_terms,
    releases,
    schedules,
    sending_limits,
    steps,
    subscribers,
    topics,
)

GUARDS: Final = "samizdat.guards"
"""Where `install` leaves name of blueprint -> guard in the app's extensions; None is the app itself."""


@dataclass(frozen=True)
class Surface:
    """One blueprint, its URL prefix ("" for none) and the guard of all its routes."""

    blueprint: Blueprint
    prefix: str
    guard: guards.Guard


READERS: Final = guards.staff_only(RoleName.AUTHOR, RoleName.APPROVER, RoleName.ADMIN)
"""Who sees what is not public yet: finance alone does not."""
SENDERS: Final = guards.staff_only(*steps.SENDERS)
"""Who may send what was approved."""
KEEPERS: Final = guards.staff_only(*money_access.ROLES)
"""Who looks after the money."""

SURFACES: Final = (
    Surface(health.blueprint, "", guards.open_to_all),
    Surface(home.blueprint, "/staff", guards.staff_only()),
    Surface(account.blueprint, "/staff/account", guards.staff_only()),
    Surface(invitation.blueprint, "/staff/invitation", guards.open_to_all),
    Surface(releases.blueprint, "/staff/releases", READERS),
    Surface(previews.blueprint, "/staff/releases", READERS),
    Surface(drafts.blueprint, "/staff/releases", guards.staff_only(RoleName.AUTHOR)),
    Surface(proposals.blueprint, "/staff/releases", guards.staff_only(RoleName.AUTHOR)),
    Surface(attachments.blueprint, "/staff/releases", guards.staff_only(RoleName.AUTHOR)),
    Surface(release_terms.blueprint, "/staff/releases", guards.staff_only(RoleName.AUTHOR)),
    Surface(announcements.blueprint, "/staff/announcements", READERS),
    Surface(announcement_reports.blueprint, "/staff/announcements", READERS),
    Surface(approvals.blueprint, "/staff/announcements", guards.staff_only(RoleName.APPROVER)),
    Surface(break_glass.blueprint, "/staff/announcements", SENDERS),
    Surface(schedules.blueprint, "/staff/announcements", SENDERS),
    Surface(control.blueprint, "/staff/announcements", SENDERS),
    Surface(sending_limits.blueprint, "/staff/sending", guards.staff_only(RoleName.ADMIN)),
    Surface(topics.blueprint, "/staff/topics", guards.staff_only(RoleName.AUTHOR, RoleName.ADMIN)),
    Surface(subscribers.blueprint, "/staff/subscribers", READERS),
    Surface(proofs.blueprint, "/staff/subscribers", guards.staff_only(RoleName.ADMIN)),
    Surface(exports.blueprint, "/staff/exports", READERS),
    Surface(
        export_requests.blueprint,
        "/staff/exports",
        guards.staff_only(RoleName.AUTHOR, RoleName.ADMIN),
    ),
    Surface(
        export_approvals.blueprint,
        "/staff/exports",
        guards.staff_only(RoleName.APPROVER, RoleName.ADMIN),
    ),
    Surface(
        money_exports.blueprint,
        "/staff/donations",
        guards.staff_only(RoleName.FINANCE, RoleName.ADMIN),
    ),
    Surface(money_gifts.blueprint, "/staff/donations", KEEPERS),
    Surface(money_refunds.blueprint, "/staff/donations", KEEPERS),
    Surface(money_givers.blueprint, "/staff/donations", KEEPERS),
    Surface(offline_gifts.blueprint, "/staff/donations", KEEPERS),
    Surface(money_plans.blueprint, "/staff/plans", KEEPERS),
    Surface(money_tasks.blueprint, "/staff/money/tasks", KEEPERS),
    Surface(money_books.blueprint, "/staff/money/books", KEEPERS),
    Surface(money_funds.blueprint, "/staff/funds", KEEPERS),
    Surface(public_home.blueprint, "", guards.open_to_all),
    Surface(public_subscribers.blueprint, "", guards.open_to_all),
    Surface(public_unsubscriptions.blueprint, "", guards.open_to_all),
    Surface(public_manage.blueprint, "", guards.open_to_all),
    Surface(public_manage_pgp.blueprint, "", guards.open_to_all),
    Surface(public_preferences.blueprint, "", guards.open_to_all),
    Surface(public_address_changes.blueprint, "", guards.open_to_all),
    Surface(public_releases.blueprint, "", guards.open_to_all),
    Surface(public_attachments.blueprint, "", guards.open_to_all),
    Surface(public_pages.blueprint, "", guards.open_to_all),
    Surface(public_embedding.blueprint, "", guards.open_to_all),
    Surface(public_donate.blueprint, "", guards.open_to_all),
    Surface(public_giving_links.blueprint, "", guards.open_to_all),
    Surface(public_giving.blueprint, "", guards.open_to_all),
    Surface(public_giving_plans.blueprint, "", guards.open_to_all),
    Surface(public_giving_papers.blueprint, "", guards.open_to_all),
    Surface(public_giving_declarations.blueprint, "", guards.open_to_all),
    Surface(public_giving_renaming.blueprint, "", guards.open_to_all),
    Surface(public_giving_erasure.blueprint, "", guards.open_to_all),
    Surface(hooks_stripe.blueprint, "/hooks", guards.open_to_all),
    Surface(api_subscriptions.blueprint, "/api/v1", guards.open_to_all),
    Surface(api_challenges.blueprint, "/api/v1", guards.open_to_all),
    Surface(api_topics.blueprint, "/api/v1", guards.open_to_all),
    Surface(api_releases.blueprint, "/api/v1", guards.open_to_all),
    Surface(api_document.blueprint, "/api/v1", guards.open_to_all),
)

OTHERS: Final[dict[str | None, guards.Guard]] = {
    # static files
    None: guards.open_to_all,
    # Flask-Security's own pages decide by themselves: sign-in is open, the rest ask who you are.
    "security": guards.open_to_all,
}


class Unguarded(Exception):
    """A route is covered by no line of web/surfaces.py; add its blueprint there."""


def install(app: Flask) -> None:
    """Register every blueprint of the table behind its guard; raise Unguarded for a route outside it."""
    table = OTHERS | {surface.blueprint.name: surface.guard for surface in SURFACES}
    app.extensions[GUARDS] = table

    @app.before_request
    def ask_the_guard() -> ResponseReturnValue | None:
        return None if request.url_rule is None else table[request.blueprint]()

    for surface in SURFACES:
        app.register_blueprint(surface.blueprint, url_prefix=surface.prefix or None)
    for rule in app.url_map.iter_rules():
        if _blueprint(rule.endpoint) not in table:
            raise Unguarded(f"{rule.rule}: its blueprint is not in web/surfaces.py")


def _blueprint(endpoint: str) -> str | None:
    return endpoint.rpartition(".")[0] or None
