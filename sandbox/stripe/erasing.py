"""Deletes a customer: the plans end, and of the customer only the id is left."""

from sandbox.stripe import customers, subscriptions
from sandbox.stripe.things import Thing
from sandbox.stripe.world import World


def customer(world: World, params: Thing, customer_id: str) -> Thing:
    """DELETE /v1/customers/{id}; once more it is 404, as at Stripe."""
    del params
    found = customers.living(world, customer_id)
    for plan in world.shelf.all("subscription"):
        if plan["customer"] == customer_id and plan["status"] not in subscriptions.OVER:
            subscriptions.end(world, plan, reason="cancellation_requested")
    world.emit("customer.deleted", found)
    world.shelf.drop(found)
    return world.shelf.put({"id": customer_id, "object": "customer", "deleted": True})
