"""Which sites may ask is a list of origins, each spelled as a browser spells it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import origins
from config.settings import SettingsFault, load
from tests.conftest import environment

BAD = [
    "*",
    "null",
    "www.example.net",
    "https://",
    "http://www.example.net",
    "https://*.example.net",
    "https://www.example.net/page",
    "https://www.example.net?",
    "https://eve@www.example.net",
    "https://www.example.net:99999",
    "https://exämple.net",
    "ftp://www.example.net",
    "javascript:alert(1)",
]


@pytest.mark.parametrize("text", BAD)
def test_what_is_no_origin_is_refused_with_a_sentence(tmp_path: Path, text: str) -> None:
    environ = environment("postgresql://h/d", "redis://h", tmp_path, CORS_ORIGINS=text)
    with pytest.raises(SettingsFault) as caught:
        load(environ, local=tmp_path / "none.env")
    (fault,) = caught.value.faults
    assert fault.startswith("CORS_ORIGINS: must be ")


def test_origins_are_kept_in_a_browsers_spelling(tmp_path: Path) -> None:
    given = "https://WWW.Example.net:443/ http://localhost:80  https://www.example.net:8443"
    environ = environment("postgresql://h/d", "redis://h", tmp_path, CORS_ORIGINS=given)
    assert load(environ, local=tmp_path / "none.env").other_sites == {
        "https://www.example.net",
        "http://localhost",
        "https://www.example.net:8443",
    }


def test_without_the_setting_no_other_site_may(tmp_path: Path) -> None:
    environ = environment("postgresql://h/d", "redis://h", tmp_path)
    assert load(environ, local=tmp_path / "none.env").other_sites == frozenset()


@pytest.mark.parametrize(
    "url",
    [
        "https://www.example.net\\@example.com/",
        "https://www.example.net@example.com/",
        "https://www.example.net\n.example.com/",
        "https:///www.example.net",
        "//www.example.net",
        "https://[::1",
        "",
    ],
)
def test_an_address_that_can_be_read_two_ways_has_no_origin(url: str) -> None:
    assert origins.of(url) is None


@given(st.text(max_size=60))
def test_any_text_has_an_origin_that_is_its_own_origin_or_none(text: str) -> None:
    for url in (text, f"https://{text}", f"https://www.example.net{text}"):
        found = origins.of(url)
        assert found is None or origins.of(found) == found
