"""A browser without script, as a visitor under threat uses one: pages, forms, cookies over real HTTP."""

import urllib.error
import urllib.request
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from urllib.parse import urlencode, urljoin


@dataclass
class Form:
    """A form of a page: where it goes, and what it sends as it stands."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[str] = field(default_factory=list)


class _Forms(HTMLParser):
    """Collects the forms of a page; checkboxes count where they are ticked."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._button = self._textarea = ""
        self._open: Form | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = Form(has.get("action", ""), has.get("method", "get").lower())
            self.forms.append(self._open)
        elif self._open is not None and tag == "input" and has.get("name"):
            self._input(self._open, has)
        elif self._open is not None and tag == "textarea":
            self._textarea = has.get("name", "")
            self._open.fields.append((self._textarea, ""))
        elif tag == "button" and self._open is not None:
            self._open.buttons.append("")
            self._button = "open"

    def _input(self, form: Form, has: dict[str, str]) -> None:
        if has.get("type") in {"checkbox", "radio"} and "checked" not in has:
            return
        if has.get("type") not in {"submit", "file"}:
            form.fields.append((has["name"], has.get("value", "")))

    def handle_data(self, data: str) -> None:
        if self._open is not None and self._textarea:
            name, value = self._open.fields[-1]
            self._open.fields[-1] = (name, value + data)
        elif self._open is not None and self._button:
            self._open.buttons[-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "textarea":
            self._textarea = ""
        elif tag == "button":
            self._button = ""


@dataclass
class Page:
    """What a server answered."""

    url: str
    status: int
    html: str

    def form(self, word: str) -> Form:
        """Return the form whose action or button has this word in it."""
        parser = _Forms()
        parser.feed(self.html)
        fits = [f for f in parser.forms if word in f.action or word in " ".join(f.buttons)]
        assert fits, f"no form with {word!r} on {self.url}"
        return fits[0]


class Browser:
    """One person's browser."""

    def __init__(self) -> None:
        self.cookies = CookieJar()
        self._open = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(self.cookies)
        ).open

    def get(self, url: str) -> Page:
        """Open a page, following redirects."""
        return self._ask(urllib.request.Request(url))  # noqa: S310 - loopback

    def post(self, url: str, fields: list[tuple[str, str]]) -> Page:
        """Post fields, following redirects."""
        headers = {"Referer": url}
        body = urlencode(fields).encode()
        return self._ask(urllib.request.Request(url, body, headers))  # noqa: S310 - loopback

    def submit(self, page: Page, word: str, **fields: str) -> Page:
        """Fill the form with this word in it, and press its button."""
        form = page.form(word)
        kept = [(name, value) for name, value in form.fields if name not in fields]
        return self.post(urljoin(page.url, form.action or page.url), [*kept, *fields.items()])

    def _ask(self, request: urllib.request.Request) -> Page:
        try:
            with self._open(request, timeout=30) as answer:
                return Page(answer.url, answer.status, answer.read().decode("utf-8", "replace"))
        except urllib.error.HTTPError as error:
            with error:
                return Page(error.url, error.code, error.read().decode("utf-8", "replace"))
