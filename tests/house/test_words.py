"""What the documents say is what the code says."""

import re
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import MapAdapter

from config.settings import ROOT, Settings
from tests.builders import NOW
from wiring.core import core

ADRS = sorted((ROOT / "docs" / "adr").glob("*.md"))
HOSTS = re.compile(r"://|^--", re.MULTILINE)
ADDRESS = re.compile(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)*\.[a-z]{2,})\b(?!=)", re.IGNORECASE)


@pytest.mark.parametrize("name", list(Settings.model_fields))
def test_every_setting_is_in_the_example_and_in_the_docs(name: str) -> None:
    for file in (".env.example", "docs/settings.md"):
        assert name.upper() in (ROOT / file).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(path.name for path in ROOT.glob("requirements*.txt")))
def test_a_lock_file_names_no_host_and_hashes_everything(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not HOSTS.search(text)
    pins = [line for line in text.splitlines() if re.match(r"[a-z0-9]", line)]
    assert pins
    assert all("==" in line and line.endswith("\\") for line in pins)


def test_adrs_are_numbered_without_gaps_and_listed() -> None:
    numbers = [int(path.name[:4]) for path in ADRS]
    assert numbers == list(range(1, len(ADRS) + 1))
    index = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert [path.name for path in ADRS if path.name not in index] == []


def test_the_links_in_mails_lead_to_routes(app: Flask) -> None:
    links, routes = core().links, app.url_map.bind("127.0.0.1:8000")
    token = core().tokens.confirm("x", now=NOW)
    for method in ("GET", "POST"):
        assert leads(routes, links.confirm(token), method)
        assert leads(routes, links.unsubscribe(1, 1), method)
        assert leads(routes, links.address_change(token), method)
    assert leads(routes, links.manage(1, 1), "GET")
    assert leads(routes, links.fresh(1, 1, now=NOW), "GET")
    assert leads(routes, links.giving(1, 1, now=NOW), "GET")
    assert leads(routes, core().settings.base_url + "/giving", "POST")
    assert leads(routes, links.subscribe(), "GET")
    assert leads(routes, links.release("a-slug"), "GET")
    assert leads(routes, links.invitation(token), "GET")
    assert leads(routes, links.announcement(1), "GET")
    assert leads(routes, links.money_tasks(), "GET")
    assert leads(routes, core().organisation.privacy_url, "GET")


def leads(routes: MapAdapter, url: str, method: str) -> str:
    path = url.removeprefix("http://127.0.0.1:8000")
    return str(routes.match(path, method=method)[0])


def test_tests_and_seeds_name_nobody_real() -> None:
    reserved = re.compile(r"(^|\.)(example(\.(org|com|net))?|test|invalid|localhost|\d+)$")
    for path in [*(ROOT / "tests").rglob("*"), *(ROOT / "web").rglob("*.md")]:
        if path.suffix in {".py", ".md", ".txt", ".html", ".eml", ".json"} and path.is_file():
            text = path.read_text(encoding="utf-8", errors="replace")
            # A quoted-printable line may end within an address.
            text = text.replace("=\n", "")
            strange = {d for d in ADDRESS.findall(text) if not reserved.search(d.lower())}
            assert not strange, f"{path.relative_to(ROOT)}: {strange}"


def test_the_changelog_has_a_section_for_what_is_coming() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(r"^## Unreleased$", text, re.MULTILINE)


def relative_links(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8")
    return [link for link in re.findall(r"\]\(([^)#]+)", text) if "://" not in link]


@pytest.mark.parametrize(
    "path",
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")],
    ids=lambda p: str(p.relative_to(ROOT)),
)
def test_relative_links_in_the_documents_lead_somewhere(path: Path) -> None:
    for link in relative_links(path):
        assert link.startswith("mailto:") or (path.parent / link).exists(), link
