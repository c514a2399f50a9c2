"""Subscriptions: another site's page asks in a person's name; the answer is the same for every address."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema

from config import limits
from db.session import transaction
from web import challenge, requests
from web.api import blueprints, operations
from web.api.problems import Faulty
from wiring.core import core

blueprint = blueprints.make("api_subscriptions", __name__)


def _given(consent: bool) -> bool:  # noqa: FBT001 - pydantic gives the value by position
    if not consent:
        raise ValueError
    return consent


class Wish(BaseModel):
    """A wish to subscribe; a field's description is also the sentence that answers a fault of it."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    address: str = Field(
        max_length=limits.ADDRESS_LENGTH,
        description=f"Give the email address, as text of at most {limits.ADDRESS_LENGTH} characters.",
    )
    topics: list[str] = Field(
        min_length=1,
        max_length=limits.API_TOPICS,
        description=f"Give a list of 1 to {limits.API_TOPICS} slugs, of those that GET /api/v1/topics names.",
    )
    consent: Annotated[bool, AfterValidator(_given), WithJsonSchema({"const": True})] = Field(
        description="Give true, where the person has agreed to the words that GET /api/v1/topics gives."
    )
    language: str | None = Field(
        default=None,
        pattern=requests.LANGUAGE,
        description="Give the two letters of a language that we write in such as en, or leave it out.",
    )
    wording_hash: str | None = Field(
        default=None,
        pattern=requests.HASH,
        description="Give the hash of the words that were shown, as GET /api/v1/topics gives it.",
    )
    proof: str = Field(
        default="",
        max_length=challenge.PAYLOAD_LENGTH,
        description="Give a solution to a challenge of GET /api/v1/challenge, in base64, or leave it out. "
        "While work is wanted, who sends none or one that is not good waits for "
        f"{limits.SLOW_WAY_SECONDS // 60} minutes; the answer here does not tell.",
    )


class Asked(BaseModel):
    """What comes next: the same for every address."""

    status: Literal["asked"]
    detail: str


@blueprint.post("/subscriptions")
@operations.operation("Ask for a subscription", takes=Wish, gives=Asked, status=202)
def ask(wish: Wish) -> Asked:
    """Write the request down; raise Faulty."""
    entry = requests.Entry(
        address=wish.address,
        topics=wish.topics,
        language=wish.language,
        wording_hash=wish.wording_hash,
        proof=wish.proof,
    )
    with transaction() as session:
        faults = requests.hand_in(
            session, entry, source="POST /api/v1/subscriptions", now=datetime.now(UTC)
        )
    if faults:
        raise Faulty(faults)
    requests.ring()
    return Asked(
        status="asked",
        detail=f"A mail from {core().sender.address} asks the person to confirm; "
        "before they do, nothing is sent.",
    )
