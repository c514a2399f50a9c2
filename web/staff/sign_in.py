"""The staff's sign-in: Flask-Security, set to one answer for every address, no mail, no code twice."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final, NoReturn

from flask import Flask, abort
from flask_security import Security, SQLAlchemyUserDatastore

from config import derived, limits
from config.settings import Settings
from db.base import db
from staff import passwords
from staff.models import Passkey, Role, StaffMember
from web import limiter
from web.staff import factors, sign_in_forms, sign_in_log

PREFIX: Final = "/staff/sign-in"
ACCOUNT: Final = "/staff/account"


def install(app: Flask, settings: Settings) -> None:
    """Set Flask-Security up, limit its forms, and close the doors of it that we do not use."""
    app.config.update(
        {f"SECURITY_{name}": value for name, value in (_rules() | _pages() | _words()).items()},
        SECURITY_TOTP_SECRETS=derived.totp_secrets(settings),
        # A colon would end the issuer in the otpauth: address that authenticator apps read.
        SECURITY_TOTP_ISSUER=settings.org_name.replace(":", " "),
        SECURITY_WAN_RP_NAME=settings.org_name,
        SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS=derived.recovery_keys(settings),
        # It would tie a session to a network address, which changes at will in Tor.
        SESSION_PROTECTION=None,
    )
    security = Security(
        app,
        SQLAlchemyUserDatastore(db, StaffMember, Role, Passkey),
        login_form=sign_in_forms.SignInForm,
        wan_signin_form=sign_in_forms.PasskeySignInForm,
        wan_signin_response_form=sign_in_forms.PasskeySignInResponseForm,
        mail_util_cls=factors.NoMail,
        password_util_cls=factors.CheckedPasswords,
        totp_cls=factors.OnceOnlyCodes,
        webauthn_util_cls=factors.PasskeyRules,
    )
    # People sign in through forms with a CSRF token; the JSON and token doors stay shut.
    security.want_json(lambda _request: False)
    security.login_manager.request_loader(lambda _request: None)
    app.view_functions["security.two_factor_rescue"] = _closed
    _limit(app)
    sign_in_log.install(app)


def _rules() -> dict[str, Any]:
    return {
        "RETURN_GENERIC_RESPONSES": True,
        "REGISTERABLE": False,
        "RECOVERABLE": False,
        "CHANGEABLE": True,
        "TWO_FACTOR": True,
        "TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "TWO_FACTOR_RESCUE_EMAIL": False,
        "TWO_FACTOR_ALWAYS_VALIDATE": True,
        "TWO_FACTOR_SETUP_WITHIN": timedelta(seconds=limits.FACTOR_SET_UP_SECONDS),
        # One step of 30 seconds back and forth, for a clock that is off (RFC 6238 5.2).
        "TWO_FACTOR_AUTHENTICATOR_VALIDITY": 30,
        "MULTI_FACTOR_RECOVERY_CODES": True,
        "MULTI_FACTOR_RECOVERY_CODES_N": limits.RECOVERY_CODES,
        "WEBAUTHN": True,
        # A hint would answer a stranger's address with the names of that person's passkeys.
        "WAN_ALLOW_USER_HINTS": False,
        "WAN_REGISTER_WITHIN": timedelta(seconds=limits.FACTOR_SET_UP_SECONDS),
        "PASSWORD_HASH": "argon2",
        "PASSWORD_SCHEMES": ["argon2"],
        # Without the library's own HMAC before the hash: its key could never be rotated.
        "PASSWORD_SINGLE_HASH": {"argon2"},
        "PASSWORD_HASH_PASSLIB_OPTIONS": {
            "argon2__memory_cost": passwords.MEMORY_KIB,
            "argon2__rounds": passwords.PASSES,
            "argon2__parallelism": passwords.LANES,
        },
        "PASSWORD_LENGTH_MIN": limits.PASSWORD_LENGTH,
        "PASSWORD_NORMALIZE_FORM": passwords.FORM,
        "EMAIL_VALIDATOR_ARGS": {"check_deliverability": False, "allow_smtputf8": False},
        "FRESHNESS": timedelta(seconds=limits.FRESH_SIGN_IN_SECONDS),
        "FRESHNESS_GRACE_PERIOD": timedelta(0),
        "API_ENABLED_METHODS": ["session"],
        "SEND_REGISTER_EMAIL": False,
        "SEND_PASSWORD_CHANGE_EMAIL": False,
        "SEND_PASSWORD_RESET_EMAIL": False,
        "SEND_PASSWORD_RESET_NOTICE_EMAIL": False,
        "SEND_USERNAME_CHANGE_EMAIL": False,
        "DATETIME_FACTORY": _now,
        "CLI_USERS_NAME": None,
        "CLI_ROLES_NAME": None,
    }


def _pages() -> dict[str, Any]:
    return {
        "STATIC_FOLDER": None,
        "LOGIN_URL": PREFIX,
        "LOGOUT_URL": "/staff/sign-out",
        "VERIFY_URL": f"{PREFIX}/again",
        "TWO_FACTOR_TOKEN_VALIDATION_URL": f"{PREFIX}/code",
        "TWO_FACTOR_SELECT_URL": f"{PREFIX}/factor",
        "TWO_FACTOR_RESCUE_URL": f"{PREFIX}/rescue",
        "MULTI_FACTOR_RECOVERY_URL": f"{PREFIX}/recovery",
        "WAN_SIGNIN_URL": f"{PREFIX}/passkey",
        "WAN_VERIFY_URL": f"{PREFIX}/again/passkey",
        "CHANGE_URL": f"{ACCOUNT}/password",
        "TWO_FACTOR_SETUP_URL": f"{ACCOUNT}/second-factor",
        "MULTI_FACTOR_RECOVERY_CODES_URL": f"{ACCOUNT}/recovery-codes",
        "WAN_REGISTER_URL": f"{ACCOUNT}/passkeys",
        "WAN_DELETE_URL": f"{ACCOUNT}/passkeys/remove",
        "POST_LOGIN_VIEW": "/staff/",
        "POST_LOGOUT_VIEW": PREFIX,
        "POST_CHANGE_VIEW": ACCOUNT,
        "TWO_FACTOR_POST_SETUP_VIEW": ACCOUNT,
        "WAN_POST_REGISTER_VIEW": ACCOUNT,
        "POST_VERIFY_VIEW": "/staff/",
        "UNAUTHORIZED_VIEW": None,
    }


def _words() -> dict[str, tuple[str, str]]:
    sentences = {
        "GENERIC_AUTHN_FAILED": "The address or the password is not right. Check both and try again.",
        "UNAUTHENTICATED": "Please sign in first.",
        "REAUTHENTICATION_REQUIRED": "This is a sensitive page: please prove once more that it is you.",
        "REAUTHENTICATION_SUCCESSFUL": "Thank you. You can go on.",
        "INVALID_PASSWORD": "The password is not right.",
        "PASSWORD_MISMATCH": "The two new passwords differ.",
        "RETYPE_PASSWORD_MISMATCH": "The two new passwords differ.",
        "PASSWORD_IS_THE_SAME": "Choose a password that differs from the old one.",
        "PASSWORD_INVALID_LENGTH": "Use at least %(length)s characters; four words are a good start.",
        "PASSWORD_CHANGE": "Your password was changed, and your other sessions were ended.",
        "TWO_FACTOR_INVALID_TOKEN": "The code is not right, or was used already. Wait for the next one.",
        "TWO_FACTOR_LOGIN_SUCCESSFUL": "You are signed in.",
        "TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL": "Your authenticator app is set up.",
        "TWO_FACTOR_DISABLED": "Signing in asks for no code any more.",
        "TWO_FACTOR_PERMISSION_DENIED": "Please sign in again from the beginning.",
        "INVALID_RECOVERY_CODE": "This recovery code is not right, or was used already.",
        "NO_RECOVERY_CODES_SETUP": "You have no recovery codes yet.",
    }
    return {f"MSG_{name}": (text, "error") for name, text in sentences.items()} | {
        f"MSG_{name}": (sentences[name], "success") for name in sentences if name in _GLAD
    }


_GLAD: Final = {
    "REAUTHENTICATION_SUCCESSFUL",
    "PASSWORD_CHANGE",
    "TWO_FACTOR_LOGIN_SUCCESSFUL",
    "TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL",
    "TWO_FACTOR_DISABLED",
}


def _limit(app: Flask) -> None:
    account, code = limits.SIGN_IN_TRIES_OF_ACCOUNT, limits.CODE_TRIES_OF_ACCOUNT
    limiter.limit_posts(app, "security.login", account, limiter.posted_address)
    limiter.limit_posts(app, "security.verify", account, limiter.account_in_session)
    limiter.limit_posts(app, "security.change_password", account, limiter.account_in_session)
    for endpoint in (
        "two_factor_token_validation",
        "two_factor_setup_validate",
        "mf_recovery",
        "wan_signin_response",
        "wan_verify_response",
    ):
        limiter.limit_posts(app, f"security.{endpoint}", code, limiter.account_in_session)


def _closed() -> NoReturn:
    """Answer 404: Flask-Security's rescue page would write a mail."""
    abort(404)


def _now() -> datetime:
    return datetime.now(UTC)
