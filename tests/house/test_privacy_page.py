"""What we say of retention is what we do: one table, printed where people look."""

from config.settings import ROOT, Settings
from web.cli import privacy
from wiring import periods


def test_the_page_in_the_tree_is_the_one_printed() -> None:
    assert (ROOT / "docs" / "privacy.md").read_text(encoding="utf-8") == privacy.docs()


def test_every_period_in_the_settings_is_in_the_table() -> None:
    named = {rule.setting for rule in periods.RULES if rule.setting}
    settings = {name for name in Settings.model_fields if name.startswith("retain_")}
    assert named == settings | {"receipt_keep_years"}
