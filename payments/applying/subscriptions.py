"""Subscriptions: a plan mirrors what Stripe says of its own; one that is none of ours is left alone."""

from datetime import datetime

from sqlalchemy.orm import Session

from payments import gateway, mirroring


def fetch(stripe: gateway.Gateway, subscription_id: str) -> gateway.Subscription:
    """Fetch a subscription."""
    return stripe.subscription(subscription_id)


def apply(session: Session, subscription: gateway.Subscription, *, now: datetime) -> None:
    """Write into its plan what Stripe says of a subscription."""
    plan = mirroring.locked(
        session, subscription_id=subscription.id, reference=subscription.plan_reference
    )
    if plan is not None:
        mirroring.mirror(session, plan, subscription, now=now)
