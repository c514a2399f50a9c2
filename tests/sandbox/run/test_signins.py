import json
import stat
from pathlib import Path

import pytest

from sandbox import signins

CHEN = {"email": "chen@example.org", "role": "author", "password": "open sesame"}


def test_sign_ins_are_kept_privately_and_shown(tmp_path: Path) -> None:
    path = tmp_path / "demo.json"
    signins.keep(path, json.dumps({"staff": [CHEN]}))
    assert signins.lines(path) == ["chen@example.org  password open sesame  (author)"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_seed_that_prints_nothing_keeps_the_first_ones(tmp_path: Path) -> None:
    path = tmp_path / "demo.json"
    signins.keep(path, json.dumps({"staff": [CHEN]}))
    signins.keep(path, "\n")
    assert "open sesame" in signins.lines(path)[0]


@pytest.mark.parametrize("text", [None, "", "{", "[]", "{}", '{"staff": [{}]}', '{"staff": [1]}'])
def test_lost_or_broken_sign_ins_are_said_to_be(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "demo.json"
    if text is not None:
        path.write_text(text)
    assert "flask staff invite" in signins.lines(path)[0]
