"""What the product is told here: settings laid under those the user gave, and keys made once."""

import base64
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from sandbox import ports

STRIPE: Final = ("STRIPE_API_KEY", "STRIPE_WEBHOOK_SECRET", "STRIPE_API_BASE")
"""What belongs together: a key for one Stripe is none for another."""
_KEY_BYTES = 32


def given() -> dict[str, str]:
    """Return the environment that `make run` was started with."""
    return dict(os.environ)  # noqa: TID251 - the parent must pass it on, and may not import config


def has(environ: Mapping[str, str], name: str) -> bool:
    """Tell whether a setting was given, by itself or as the file that holds it."""
    return bool(environ.get(name) or environ.get(f"{name}_FILE"))


def settings(
    environ: Mapping[str, str], servers: Mapping[str, str], at: ports.Ports, *, var: Path
) -> dict[str, str]:
    """Return what the product is told: the sandbox's settings, unless the user gave others."""
    usual = {
        **servers,
        "SMTP_URL": f"smtp://{ports.HOST}:{at.smtp}",
        "BASE_URL": f"http://{ports.HOST}:{at.web}",
        "SECRET_KEYS_FILE": str(var / "keys" / "secret"),
        "DATA_KEYS_FILE": str(var / "keys" / "data"),
        "ORG_NAME": "Example Rights Foundation",
        "ORG_ADDRESS": "1 Example Street, Example Town, EX1 2AB",
        "ORG_FROM": "news@example.org",
        "ORG_CONTACT": "hello@example.org",
        **(_stripe(at, var / "keys") if uses_our_stripe(environ) else dict.fromkeys(STRIPE, "")),
    }
    told: dict[str, str] = {}
    for name, value in usual.items():
        plain = name.removesuffix("_FILE")
        if has(environ, plain):
            told |= {key: environ[key] for key in (plain, f"{plain}_FILE") if environ.get(key)}
        elif value:
            told[name] = value
    return told


def uses_our_stripe(environ: Mapping[str, str]) -> bool:
    """Tell whether the product is to speak with the sandbox's Stripe: the user named no other."""
    return not any(has(environ, name) for name in STRIPE)


def _stripe(at: ports.Ports, keys: Path) -> dict[str, str]:
    """Return how the sandbox's Stripe is spoken with."""
    return {
        "STRIPE_API_KEY_FILE": str(keys / "stripe"),
        "STRIPE_WEBHOOK_SECRET_FILE": str(keys / "stripe-webhook"),
        "STRIPE_API_BASE": f"http://{ports.HOST}:{at.stripe}",
    }


def write(path: Path, values: Mapping[str, str]) -> None:
    """Write NAME='value' lines as python-dotenv reads them, readable by this account alone."""
    write_private(path, "".join(f"{name}={_quote(value)}\n" for name, value in values.items()))


def make_keys(folder: Path) -> None:
    """Make the keys where they are missing; one that is there is never touched.

    `secret` holds one signing key; `data` the key of the blind index and the first encryption key
    (config/keys.py reads them). `stripe` is a test key to the sandbox's Stripe, and `stripe-webhook`
    what that signs its events with.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    texts = {
        "secret": f"{_key()}\n",
        "data": f"index:{_key()}\nk1:{_key()}\n",
        "stripe": f"sk_test_{secrets.token_hex(_KEY_BYTES)}\n",
        "stripe-webhook": f"whsec_{secrets.token_hex(_KEY_BYTES)}\n",
    }
    for name, text in texts.items():
        if not (folder / name).exists():
            write_private(folder / name, text)


def write_private(path: Path, text: str) -> None:
    """Write a file at once and readable by this account alone: whole, or not at all."""
    unfinished = path.with_name(f"{path.name}.new")
    unfinished.unlink(missing_ok=True)
    file = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(file, "w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.replace(path)


def _key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(_KEY_BYTES)).decode()


def _quote(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    # dotenv puts variables in for ${...} even within quotes; its ${:-$} stands for a bare dollar sign.
    escaped = escaped.replace("${", "${:-$}{")
    return f"'{escaped}'"
