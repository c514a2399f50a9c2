"""Challenges: whether a request should prove work just now, and what there is to solve."""

from datetime import UTC, datetime

from pydantic import BaseModel, Field

from config import limits
from db.session import transaction
from web import challenge
from web.api import blueprints, operations

blueprint = blueprints.make("api_challenges", __name__)


class Challenge(BaseModel):
    """A challenge of ALTCHA, signed and dated by us; nothing of it is kept here before it is solved."""

    parameters: dict[str, str | int] = Field(
        description="What a solver of ALTCHA is given; the algorithm is PBKDF2 with SHA-256."
    )
    signature: str = Field(description="Send it back unchanged inside the proof.")


class Work(BaseModel):
    """Whether work is wanted, and a challenge in either case: an attack may begin while somebody types."""

    wanted: bool = Field(
        description="Whether a request without a proof waits for "
        f"{limits.SLOW_WAY_SECONDS // 60} minutes just now; with one it does not."
    )
    challenge: Challenge = Field(
        description=f"Good once, for {limits.CHALLENGE_SECONDS // 60} minutes."
    )


@blueprint.get("/challenge")
@operations.operation("A proof of work to solve, and whether it is wanted now", gives=Work)
def show() -> Work:
    """Give a new challenge; nothing is written down."""
    now = datetime.now(UTC)
    with transaction() as session:
        wanted = challenge.is_wanted(session, now=now)
    fresh = Challenge.model_validate_json(challenge.make(now=now))
    return Work(wanted=wanted, challenge=fresh)
