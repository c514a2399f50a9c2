"""The page around every page: the banner, the one stylesheet, and the headers that keep it to itself."""

from pathlib import Path
from typing import Final

from sandbox.stripe.api import Answer
from sandbox.stripe.pages import outward
from sandbox.stripe.pages.markup import Markup, join, tag

STYLE_PATH: Final = "/pages.css"
STYLE: Final = Path(__file__).with_name("pages.css").read_bytes()
BANNER: Final = "No real money: this is a sandbox on this machine, not Stripe."
HEADERS: Final = {
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Not no-referrer: browsers would then post our own forms with `Origin: null`.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def page(title: str, *main: str, status: int = 200, leads_to: str | None = None) -> Answer:
    """Answer with a page; `leads_to` is the address that its forms may end at, beside our own."""
    head = join(
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", f"{title} · sandbox Stripe"),
        # Without it browsers ask for /favicon.ico, which the API would refuse.
        tag("link", rel="icon", href="data:,"),
        tag("link", rel="stylesheet", href=STYLE_PATH),
    )
    body = join(
        tag("p", BANNER, class_="banner", role="note"), tag("main", tag("h1", title), *main)
    )
    html = f"<!doctype html>\n{tag('html', tag('head', head), tag('body', body), lang='en')}\n"
    headers = {"Content-Type": "text/html; charset=utf-8", **HEADERS, **_policy(leads_to)}
    return Answer(status, {}, headers, html.encode(errors="replace"))


def see(location: str) -> Answer:
    """Answer a form: the browser goes on to this address."""
    headers = {"Content-Type": "text/plain; charset=utf-8", **HEADERS, "Location": location}
    return Answer(303, {}, headers, b"See the Location.\n")


def style() -> Answer:
    """Answer with the stylesheet."""
    return Answer(200, {}, {"Content-Type": "text/css; charset=utf-8", **HEADERS}, STYLE)


def refusal(sentence: str, status: int, *, back: str | None = None) -> Answer:
    """Answer that something cannot be done, and why."""
    way = tag("p", tag("a", "Back", href=back)) if back else ""
    return page("This cannot be done", trouble(sentence), way, status=status)


def trouble(sentence: str) -> Markup:
    """Show what went wrong, so that a screen reader says it; nothing where nothing did."""
    return tag("p", sentence, class_="trouble", role="alert") if sentence else Markup()


def form(action: str, /, *inside: str, **attributes: str) -> Markup:
    """Make a form that is posted."""
    return tag("form", *inside, method="post", action=action, **attributes)


def press(action: str, label: str, /, **fields: str) -> Markup:
    """Make a form that is one button."""
    hidden = [tag("input", type="hidden", name=name, value=fields[name]) for name in fields]
    return form(action, *hidden, tag("button", label))


def _policy(leads_to: str | None) -> dict[str, str]:
    # Chromium holds a form to its policy through redirects too, and a payment ends at the product's page.
    ends = " ".join(filter(None, ("'self'", outward.origin(leads_to))))
    policy = "default-src 'none'; style-src 'self'; img-src data:; frame-ancestors 'none'; base-uri 'none'"
    return {"Content-Security-Policy": f"{policy}; form-action {ends}"}
