"""How often a sensitive form may be posted: counted by account and by network, under keyed hashes.

No network address is stored: what is counted is a hash under our key that changes each day.
"""

import hashlib
import hmac
import ipaddress
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final, cast
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, request, session
from flask_limiter import Limiter

from config import derived, limits
from config.settings import Settings

LIMITER: Final = "samizdat.limiter"
KEY: Final = "samizdat.limiter-key"


def install(app: Flask, settings: Settings) -> None:
    """Set the limiter up; where Redis is away it counts in this process's memory."""
    app.extensions[KEY] = derived.limiter_key(settings)
    app.extensions[LIMITER] = Limiter(
        network,
        app=app,
        storage_uri=storage_url(settings.redis_url.get_secret_value()),
        storage_options={
            "socket_connect_timeout": limits.PROBE_SECONDS,
            "socket_timeout": limits.PROBE_SECONDS,
        },
        in_memory_fallback_enabled=True,
        key_prefix="samizdat",
    )


def storage_url(redis_url: str) -> str:
    """Return the address as the limiter spells it: unix:///x.sock is redis+unix:///x.sock."""
    return f"redis+{redis_url}" if urlsplit(redis_url).scheme == "unix" else redis_url


def limit_posts(app: Flask, endpoint: str, rate: str, account: Callable[[], str]) -> None:
    """Limit the posts to an endpoint: for each account at `rate`, and the failed ones of each network."""
    limiter = cast(Limiter, app.extensions[LIMITER])
    by_account = limiter.shared_limit(
        rate, scope=f"account {rate}", key_func=account, methods=["POST"]
    )
    by_network = limiter.shared_limit(
        limits.SIGN_IN_TRIES_OF_PREFIX,
        scope="sign-in",
        key_func=network,
        methods=["POST"],
        deduct_when=_failed,
    )
    view: Callable[..., Any] = app.view_functions[endpoint]
    app.view_functions[endpoint] = by_network(by_account(view))


def network() -> str:
    """Return the hidden name of the network a request comes from: its IPv4 /24 or IPv6 /48."""
    return _hide("network", _prefix(request.remote_addr or ""))


def posted_address() -> str:
    """Return the hidden name of the account whose address was posted, known to us or not."""
    return _hide("account", request.form.get("email", "").strip().casefold())


def account_in_session() -> str:
    """Return the hidden name of the account that is signing in or signed in; else that of the network."""
    name = session.get("_user_id") or session.get("tf_user_id")
    return _hide("account", str(name)) if name else network()


def _prefix(address: str) -> str:
    try:
        version = ipaddress.ip_address(address).version
    except ValueError:
        return "local"
    return str(ipaddress.ip_network((address, 24 if version == 4 else 48), strict=False))  # noqa: PLR2004 - IP's


def _hide(purpose: str, name: str) -> str:
    day = datetime.now(UTC).date().isoformat()
    key = cast(bytes, current_app.extensions[KEY])
    return hmac.digest(key, f"{purpose}\0{day}\0{name}".encode(), hashlib.sha256)[:16].hex()


def _failed(response: Response) -> bool:
    """A form that comes back was refused; success is a redirect."""
    return response.status_code < 300  # noqa: PLR2004 - HTTP's first redirect
