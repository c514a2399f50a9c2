import os
import stat
from pathlib import Path

import pytest

from sandbox import sockets
from sandbox.errors import SandboxError

OWNER = os.geteuid()


def test_a_short_folder_is_taken_as_it_is() -> None:
    assert sockets.folder_for(Path("/short"), "x.sock", owner=OWNER) == Path("/short")


def test_a_deep_folder_gets_a_short_private_one_always_the_same(tmp_path: Path) -> None:
    deep = tmp_path / ("deep" * 30)
    short = sockets.folder_for(deep, "x.sock", owner=OWNER)
    assert len(os.fsencode(short / "x.sock")) <= sockets.LONGEST
    assert stat.S_IMODE(short.stat().st_mode) == 0o700
    assert sockets.folder_for(deep, "x.sock", owner=OWNER) == short
    sockets.remove(short, unless=deep)
    assert not short.exists()


def test_a_short_folder_that_others_may_enter_is_refused(tmp_path: Path) -> None:
    deep = tmp_path / ("deep" * 30)
    short = sockets.folder_for(deep, "x.sock", owner=OWNER)
    short.chmod(0o777)
    with pytest.raises(SandboxError, match="is not ours alone"):
        sockets.folder_for(deep, "x.sock", owner=OWNER)
    short.rmdir()


def test_a_link_in_the_place_of_a_short_folder_is_refused(tmp_path: Path) -> None:
    deep = tmp_path / ("deep" * 30)
    short = sockets.folder_for(deep, "x.sock", owner=OWNER)
    short.rmdir()
    short.symlink_to(tmp_path)
    with pytest.raises(SandboxError, match="is not ours alone"):
        sockets.folder_for(deep, "x.sock", owner=OWNER)
    short.unlink()


def test_the_given_folder_is_never_removed(tmp_path: Path) -> None:
    sockets.remove(tmp_path, unless=tmp_path)
    assert tmp_path.exists()
