"""A release that was corrected or taken back says so on its page, and the correction links back."""

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from db.session import transaction
from mailer import releases
from mailer.models.releases import Amends
from tests import builders
from tests.web.public import visits
from tests.web.public.outline import Outline


def pair(kind: Amends, *, published_in: timedelta = timedelta()) -> tuple[str, str]:
    """Publish a release, and another that amends it."""
    earlier, later = visits.publish(), visits.publish(builders.parts("What we got wrong"))
    with transaction() as session:
        release = releases.named(session, later)
        # As `releases.amend` leaves it, without sending the earlier one first.
        release.amends, release.amended = kind, releases.named(session, earlier)
        release.published_at = datetime.now(UTC) + published_in
    return earlier, later


@pytest.mark.parametrize(
    ("kind", "said", "back"),
    [
        (Amends.CORRECTION, "This release was corrected:", "Correction to:"),
        (Amends.RETRACTION, "This release was retracted:", "Retraction of:"),
    ],
)
def test_the_pages_of_both_link_to_each_other(
    client: FlaskClient, kind: Amends, said: str, back: str
) -> None:
    earlier, later = pair(kind)
    first, second = (client.get(f"/releases/{slug}").text for slug in (earlier, later))
    assert f'<strong>{said}</strong> <a href="/releases/{later}">' in first
    assert f'<strong>{back}</strong> <a href="/releases/{earlier}">' in second
    assert first.index(said) < first.index("<h1")
    assert [Outline(page).faults() for page in (first, second)] == [[], []]


def test_a_correction_that_is_not_out_yet_is_not_told_of(client: FlaskClient) -> None:
    earlier, _ = pair(Amends.CORRECTION, published_in=timedelta(hours=1))
    assert "was corrected" not in client.get(f"/releases/{earlier}").text


def test_the_words_are_those_of_the_page(client: FlaskClient) -> None:
    earlier, later = pair(Amends.RETRACTION)
    page = client.get(f"/releases/{earlier}?lang=fr").text
    assert "Ce communiqué a été retiré :" in page
    assert f'href="/releases/{later}?lang=fr"' in page
