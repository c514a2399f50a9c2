"""A limit has one name and one value: of two rooms that choose the same name, one would be deceived."""

import ast
from collections import Counter

from config.settings import ROOT

LIMITS = ROOT / "config" / "limits"


def test_no_limit_is_said_twice() -> None:
    names = Counter(
        node.target.id
        for path in LIMITS.glob("*.py")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    )
    assert names
    assert [name for name, times in names.items() if times > 1] == []
