"""Flask-Security's sign-in forms without 'remember me': a session here always has an end."""

from flask_security import LoginForm, WebAuthnSigninForm, WebAuthnSigninResponseForm
from wtforms import HiddenField


def _never(_value: object) -> None:
    """Whatever was posted, nobody is remembered."""


class SignInForm(LoginForm):
    """Address and password."""

    remember = HiddenField(filters=[_never])


class PasskeySignInForm(WebAuthnSigninForm):
    """The start of a sign-in by passkey."""

    remember = HiddenField(filters=[_never])


class PasskeySignInResponseForm(WebAuthnSigninResponseForm):
    """What the passkey answered."""

    remember = HiddenField(filters=[_never])
