"""The wording of receipts is chosen together with the number that its rules ask for."""

from pathlib import Path

import pytest

from config.settings import Settings, SettingsFault, load
from tests.conftest import environment


def read(folder: Path, **more: str) -> Settings:
    return load(environment("postgresql://h/d", "redis://h", folder, **more), local=folder / "none")


def test_without_a_choice_receipts_are_plain(tmp_path: Path) -> None:
    settings = read(tmp_path)
    assert (settings.receipt_pack, settings.org_tax_id) == ("eu", "")


@pytest.mark.parametrize(
    ("pack", "number"), [("us", "12-3456789"), ("uk", "SC012345"), ("eu", "HRB 4711")]
)
def test_each_pack_takes_its_number(tmp_path: Path, pack: str, number: str) -> None:
    assert read(tmp_path, RECEIPT_PACK=pack, ORG_TAX_ID=number).org_tax_id == number


@pytest.mark.parametrize(("pack", "number"), [("us", ""), ("us", "123456789"), ("uk", "")])
def test_a_pack_without_its_number_is_refused(tmp_path: Path, pack: str, number: str) -> None:
    with pytest.raises(SettingsFault, match=f"ORG_TAX_ID: .*RECEIPT_PACK is {pack}"):
        read(tmp_path, RECEIPT_PACK=pack, ORG_TAX_ID=number)
