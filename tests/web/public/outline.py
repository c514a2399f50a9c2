"""What a screen reader makes of a page, by the plainest rules of WCAG."""

from html.parser import HTMLParser

Attributes = dict[str, str]
_NEED_LABELS = {"input", "textarea", "select"}
_UNSEEN = {"hidden", "submit"}


class Outline(HTMLParser):
    """The elements of a page in their order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, Attributes]] = []
        self.words: dict[str, str] = {}
        self._open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        self._open.append(tag)

    def handle_data(self, data: str) -> None:
        """Gather the words of each kind of element."""
        if self._open:
            self.words[self._open[-1]] = self.words.get(self._open[-1], "") + data

    def all(self, *tags: str) -> list[Attributes]:
        """Return the attributes of all elements of these kinds."""
        return [attributes for tag, attributes in self.elements if tag in tags]

    def ids(self) -> list[str]:
        """Return every id."""
        return [attributes["id"] for _, attributes in self.elements if "id" in attributes]

    def headings(self) -> list[int]:
        """Return the levels of the headings in their order."""
        return [int(tag[1]) for tag, _ in self.elements if tag in {f"h{n}" for n in range(1, 7)}]

    def faults(self) -> list[str]:
        """Return what a person with a screen reader, or without scripts and styles, would stumble over."""
        return [*self._document(), *self._headings(), *self._references(), *self._fields()]

    def _document(self) -> list[str]:
        faults = [] if self.all("html")[0].get("lang") else ["the page has no language"]
        faults += [] if self.words.get("title", "").strip(" ·\n") else ["the page has no title"]
        faults += ["there is a script" for _ in self.all("script")]
        faults += [
            f"{tag} has {name}, which our CSP forbids"
            for tag, attributes in self.elements
            for name in attributes
            if name.startswith("on") or name == "style"
        ]
        return faults + ["an image has no alt" for image in self.all("img") if "alt" not in image]

    def _headings(self) -> list[str]:
        levels = self.headings()
        faults = [] if levels.count(1) == 1 else [f"there are {levels.count(1)} h1"]
        steps = zip([0, *levels], levels, strict=False)
        return faults + [
            f"h{after} follows h{before}" for before, after in steps if after > before + 1
        ]

    def _references(self) -> list[str]:
        ids = self.ids()
        faults = [f"id {name} is there twice" for name in set(ids) if ids.count(name) > 1]
        for _, attributes in self.elements:
            for name in ("aria-describedby", "aria-labelledby", "for"):
                faults += [f"{name}={i}" for i in attributes.get(name, "").split() if i not in ids]
            link = attributes.get("href", "")
            faults += [f"{link} leads nowhere"] * (link.startswith("#") and link[1:] not in ids)
        return faults

    def _fields(self) -> list[str]:
        labelled = {label.get("for") for label in self.all("label")}
        return [
            f"{field.get('name')} has no label"
            for field in self.all(*_NEED_LABELS)
            if field.get("type") not in _UNSEEN and field.get("id") not in labelled
        ]
