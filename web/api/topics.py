"""Topics: what another site may offer, and the words that it must show beside its button."""

from pydantic import BaseModel, Field

from db.session import transaction
from mailer import topics
from web import requests
from web.api import blueprints, operations

blueprint = blueprints.make("api_topics", __name__)


class OfferedTopic(BaseModel):
    """What a subscriber may ask to hear about."""

    slug: str = Field(description="What a subscription names it by.")
    name: str
    sentence: str = Field(description="What it is about; may be empty.")


class Consent(BaseModel):
    """The words that a person agrees to; show them beside the button that sends."""

    language: str = Field(description="Two letters; also what a subscription's mails can be in.")
    wording: str
    hash: str = Field(description="Send it back as wording_hash.", pattern=requests.HASH)


class Offer(BaseModel):
    """What may be asked for, and by which words."""

    topics: list[OfferedTopic]
    consent: list[Consent] = Field(description="The words in each language.")


@blueprint.get("/topics")
@operations.operation("The topics on offer, and the words of consent", gives=Offer)
def show() -> Offer:
    """Give the topics on offer and the words of consent."""
    with transaction() as session:
        offered = [
            OfferedTopic(slug=topic.slug, name=topic.name, sentence=topic.description)
            for topic in topics.offered(session)
        ]
    consents = [
        Consent(language=each.language, wording=each.text, hash=each.hash)
        for each in requests.wordings()
    ]
    return Offer(topics=offered, consent=consents)
