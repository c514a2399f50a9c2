"""Billing portal sessions: where the product hands a donor over, to change the card."""

from sandbox.stripe import customers
from sandbox.stripe.things import Thing
from sandbox.stripe.world import World


def create(world: World, params: Thing) -> Thing:
    """POST /v1/billing_portal/sessions."""
    customer = customers.named(world, params)
    session = world.make(
        "bps",
        configuration=params.get("configuration") or "bpc_sandbox",
        customer=customer["id"],
        customer_account=None,
        flow=params.get("flow_data"),
        locale=params.get("locale"),
        on_behalf_of=None,
        return_url=params.get("return_url"),
        url="",
    )
    world.change(session, url=f"{world.base}/p/session/{session['id']}")
    return session
