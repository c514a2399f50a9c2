"""Events as the API lists them: thirty days of what has happened, the newest first."""

from sandbox.stripe import lists
from sandbox.stripe.lists import Found
from sandbox.stripe.things import Thing
from sandbox.stripe.world import EVENT_SECONDS, World


def find(world: World, params: Thing) -> Found:
    """List events; an older one that is still to be delivered is kept, and not listed."""
    since = world.now() - EVENT_SECONDS
    lately = [event for event in world.shelf.all("event") if event["created"] > since]
    return Found(lately[::-1], lambda event: match(event, params))


def match(event: Thing, params: Thing) -> bool:
    """Tell whether an event is one that GET /v1/events asks for."""
    asked = dict(lists.filters(params))
    names = asked.get("types") or ([asked["type"]] if "type" in asked else None)
    if isinstance(names, list) and not any(_named(event["type"], each) for each in names):
        return False
    if "created" in params and not lists.within(event["created"], params["created"]):
        return False
    if "delivery_success" in params:
        return (event["pending_webhooks"] == 0) is bool(params["delivery_success"])
    return True


def _named(name: str, asked: str) -> bool:
    """Tell whether a type is the one asked for; an asterisk stands for any group of letters."""
    if asked.endswith("*"):
        return name.startswith(asked[:-1])
    return name == asked
