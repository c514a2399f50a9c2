"""Another site learns what may be asked for, and by which words."""

from datetime import UTC, datetime

from flask.testing import FlaskClient

from config import languages
from db.session import transaction
from mailer import consent
from mailer.models.subscribers import ConsentWording, Topic
from tests import builders
from tests.web.api import callers


def test_the_offer_names_topics_and_words(client: FlaskClient) -> None:
    builders.topic("courts", "Courts & law")
    offer = client.get("/api/v1/topics").get_json()
    assert offer["topics"] == [{"slug": "courts", "name": "Courts & law", "sentence": ""}]
    said = {each["language"]: each["wording"] for each in offer["consent"]}
    assert set(said) == set(languages.BY_CODE)
    assert said["en"] == consent.wording("Example Rights Foundation")


def test_the_hash_that_was_given_is_taken_and_names_the_words_that_are_kept(
    client: FlaskClient,
) -> None:
    builders.topic()
    words = client.get("/api/v1/topics").get_json()["consent"][1]
    assert callers.send(client, wording_hash=words["hash"]).status_code == 202
    (row,) = callers.requests()
    with transaction() as session:
        kept = session.get_one(ConsentWording, row.wording_hash)
    assert (row.wording_hash.hex(), kept.text) == (words["hash"], words["wording"])


def test_without_a_hash_the_words_are_those_of_the_language(client: FlaskClient) -> None:
    builders.topic()
    callers.send(client, language="es")
    (row,) = callers.requests()
    said = client.get("/api/v1/topics").get_json()["consent"]
    assert row.wording_hash.hex() == {each["language"]: each["hash"] for each in said}["es"]


def test_words_that_somebody_agreed_to_before_are_taken_still(client: FlaskClient) -> None:
    builders.topic()
    with transaction() as session:
        digest = consent.keep_wording(session, "Older words.")
    assert callers.send(client, wording_hash=digest.hex()).status_code == 202
    assert [row.wording_hash for row in callers.requests()] == [digest]


def test_a_retired_topic_is_neither_offered_nor_taken(client: FlaskClient) -> None:
    id_ = builders.topic().id
    with transaction() as session:
        session.get_one(Topic, id_).retired_at = datetime.now(UTC)
    assert client.get("/api/v1/topics").get_json()["topics"] == []
    assert list(callers.send(client).get_json()["errors"]) == ["topics"]
