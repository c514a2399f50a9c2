"""Where events go: a URL, the events that it wants, and the secrets that sign them."""

from urllib.parse import urlsplit

from sandbox.stripe.refusals import Refused
from sandbox.stripe.things import Thing
from sandbox.stripe.world import API_VERSION, World


def register(
    world: World, *, url: str, secret: str, enabled_events: list[str] | None = None
) -> Thing:
    """Send events to a URL from now on; one that is known already gets this secret and these events."""
    if not url.startswith("http://"):
        raise Refused("The sandbox sends webhooks to http:// addresses of this machine.")
    known = [each for each in world.shelf.all("webhook_endpoint") if each["url"] == url]
    endpoint = known[0] if known else _make(world, url)
    wanted = enabled_events or ["*"]
    world.change(endpoint, status="enabled", enabled_events=wanted, _secrets=[_lasting(secret)])
    return endpoint


def roll(world: World, endpoint_id: str, *, secret: str, keep_seconds: int = 24 * 3600) -> Thing:
    """Sign with a new secret as well; the old ones are in force for some time yet."""
    endpoint = world.get("webhook_endpoint", endpoint_id)
    until = world.now() + keep_seconds
    older = [each | {"until": each["until"] or until} for each in endpoint["_secrets"]]
    world.change(endpoint, _secrets=[_lasting(secret), *older])
    return endpoint


def remove(world: World, endpoint_id: str) -> Thing:
    """Send nothing more there."""
    endpoint = world.get("webhook_endpoint", endpoint_id)
    for delivery in world.shelf.all("delivery"):
        if delivery["endpoint"] == endpoint_id and delivery["state"] == "waiting":
            world.change(delivery, state="dropped")
    world.change(endpoint, status="disabled", enabled_events=[])
    return endpoint


def leave(world: World, *, url: str) -> None:
    """Send nothing more to where the product was before it moved to the port of this URL."""
    here = urlsplit(url)
    for each in world.shelf.all("webhook_endpoint"):
        there = urlsplit(each["url"])
        if there.port != here.port and (there.hostname, there.path) == (here.hostname, here.path):
            remove(world, each["id"])


def _lasting(secret: str) -> Thing:
    return {"secret": secret, "until": None}


def _make(world: World, url: str) -> Thing:
    return world.make(
        "we",
        api_version=API_VERSION,
        application=None,
        description=None,
        enabled_events=["*"],
        metadata={},
        status="enabled",
        url=url,
        _secrets=[],
    )
