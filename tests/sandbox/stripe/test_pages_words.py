"""Whatever words come in, none of them becomes markup, a header, or another address."""

import contextlib
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.stripe import checkout, paying
from sandbox.stripe.api import Request
from sandbox.stripe.clock import Clock
from sandbox.stripe.deeds import DEEDS
from sandbox.stripe.deliveries import Courier
from sandbox.stripe.pages import outward, words
from sandbox.stripe.pages.markup import join, tag, text
from sandbox.stripe.pages.site import Pages
from sandbox.stripe.refusals import Refused
from sandbox.stripe.shelf import Shelf
from sandbox.stripe.things import Thing
from sandbox.stripe.world import World

ANY = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=40) | st.sampled_from(
    ["<script>alert(1)</script>", "\"'><b>", "&amp;&lt;", "</title><p>", "' onclick='x", "<!--"]
)
HERE = {"host": "127.0.0.1:8026"}
CURRENCIES = ["usd", "jpy", "kwd", "eur"]


class Read(HTMLParser):
    """Reads a page as a browser does: its elements with their attributes' names, and its words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, tuple[str, ...]]] = []
        self.values: list[str] = []
        self.words = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, name: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((name, tuple(each for each, _ in attributes)))
        self.values += [value or "" for _, value in attributes]

    def handle_data(self, data: str) -> None:
        self.words += data


def pages(words: str) -> list[str]:
    """Give every page of a world in which all that anybody names is these words."""
    world = World(Shelf(), Clock(now=1_790_000_000), deeds=DEEDS)
    data: Thing = {"currency": "usd", "unit_amount": 900, "product_data": {"name": words}}
    request: Thing = {"success_url": f"http://x/{words}", "cancel_url": f"http://x/{words}"}
    line = {"quantity": 1, "price_data": data | {"recurring": {"interval": "month"}}}
    named: Thing = {"subscription_data": {"metadata": {"plan": words}, "description": words}}
    plan = checkout.create(
        world, {"mode": "subscription", "line_items": [line], **request, **named}
    )
    paying.pay(world, plan["id"], number="4242424242424242", email=words, name=words)
    line, named = {"quantity": 1, "price_data": data}, {"metadata": {"gift": words}}
    gift = checkout.create(world, {"mode": "payment", "line_items": [line], **request, **named})
    paying.pay(world, gift["id"], number="4000000000009995", email=words, name=words)
    site = Pages(world, Courier(world))
    paths = ("/", f"/c/pay/{gift['id']}", f"/c/pay/{plan['id']}", f"/i/{plan['invoice']}")
    answers = [site(Request("GET", path, headers=HERE)) for path in paths]
    return [answer.content.decode() for answer in answers if answer is not None]


HARMLESS = [Read(page).elements for page in pages("gift")]


@given(ANY, ANY)
def test_an_element_shows_its_words_and_nothing_else(inside: str, value: str) -> None:
    read = Read(tag("p", inside, title=value))
    assert (read.elements, read.values, read.words) == ([("p", ("title",))], [value], inside)


@given(st.lists(ANY))
def test_what_is_joined_is_escaped_once(parts: list[str]) -> None:
    assert Read(join(*map(text, parts))).words == "".join(parts)
    assert join(*map(text, parts)) == join(*parts)


@given(ANY)
def test_no_words_change_what_a_page_is_made_of(words: str) -> None:
    shown = [Read(page) for page in pages(words)]
    assert [each.elements for each in shown] == HARMLESS
    assert all(words in each.words for each in shown[:3])


@given(st.text(max_size=60))
def test_an_address_is_one_line_of_letters_a_header_may_carry(url: str) -> None:
    found = outward.address(f"http://127.0.0.1/{url}")
    assert found is None or (found.isascii() and found.isprintable() and " " not in found)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "/x", "//x", "http:", ""]
)
def test_what_leads_to_no_site_is_no_address(url: str) -> None:
    assert outward.address(url) is None
    assert outward.origin(url) is None


@given(st.text(max_size=30))
def test_an_origin_cannot_add_to_the_policy(host: str) -> None:
    found = outward.origin(f"http://{host}/x")
    assert found is None or not set(found) & set(" ;,'\"*\r\n")


def test_the_sessions_id_is_put_in_its_place() -> None:
    assert (
        outward.success("https://x.org/?s={CHECKOUT_SESSION_ID}", "cs_1") == "https://x.org/?s=cs_1"
    )


@given(st.integers(0, 10**9 - 1), st.sampled_from(CURRENCIES))
def test_an_amount_that_is_shown_can_be_typed(minor: int, currency: str) -> None:
    shown = words.amount(minor, currency).removesuffix(f" {currency.upper()}")
    assert words.minor(shown.replace(",", ""), currency) == minor


@given(st.text(max_size=20) | st.from_regex(r"[0-9]*[.eE,][0-9]*", fullmatch=True))
def test_what_is_typed_is_an_amount_or_refused(typed: str) -> None:
    with contextlib.suppress(Refused):
        assert isinstance(words.minor(typed, "usd"), int)


@pytest.mark.parametrize("typed", ["", "x", "0.001", "NaN", "Infinity", "1000000000000000"])
def test_what_is_no_amount_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(Refused, match=r"such as 10[.]00"):
        words.minor(typed, "usd")
