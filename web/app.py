"""The web app: the core app with pages, guards, headers, errors, the staff's sign-in and commands on it."""

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from config import limits, logging, stripe_access
from config.settings import Settings, SettingsFault, data_keys_file, load
from mailer.smtp.relay import Relay
from payments import offers
from web import bodies, doors, errors, forms, limiter, security, surfaces, words
from web.cli import commands
from web.staff import sessions, sign_in
from wiring.core import CORE, core_app


def create_app(settings: Settings | None = None) -> Flask:
    """Build the web app, from the environment where no settings are given; raise SettingsFault."""
    keys_file = data_keys_file() if settings is None else None
    settings = settings or load()
    _check_relay(settings)
    _check_offer(settings)
    logging.configure(settings.log_level)
    app = core_app(settings, keys_file=keys_file)
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = limits.STATIC_SECONDS
    app.jinja_env.globals["organisation"] = app.extensions[CORE].organisation
    app.jinja_env.globals["takes_gifts"] = app.extensions[CORE].stripe is not None
    app.jinja_env.globals["no_real_money"] = settings.stripe_api_base != stripe_access.BASE
    # The order of these lines is the order in which a request meets them.
    words.install(app)
    errors.install(app)
    security.install(app, settings)
    bodies.install(app)
    with doors.staff_only(app):
        sessions.install(app, settings)
        limiter.install(app, settings)
        sign_in.install(app, settings)
    surfaces.install(app)
    forms.install(app)
    commands.install(app)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, hops, hops, hops)  # type: ignore[method-assign]
    return app


def _check_relay(settings: Settings) -> None:
    """Raise SettingsFault for an SMTP_URL that only the relay's own parser finds wrong."""
    try:
        Relay.parse_all(settings.smtp_url.get_secret_value())
    except ValueError as error:
        raise SettingsFault([f"SMTP_URL: {error}"]) from None


def _check_offer(settings: Settings) -> None:
    """Raise SettingsFault for a DONATION_OFFER of what Stripe does not take, or we do not."""
    try:
        offers.read(settings.donation_offer)
    except offers.BadOffer as error:
        raise SettingsFault([str(error)]) from None
