"""An assert in the code only tells the type checker what is so: nothing is decided by one, since -O takes it out."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2] / "deskapp"


def only_narrows(test: ast.expr) -> bool:
    """Whether a test is `x is not None` or `isinstance(x, …)`, or several of them."""
    if isinstance(test, ast.BoolOp):
        return all(map(only_narrows, test.values))
    if isinstance(test, ast.Compare):
        return all(isinstance(one, ast.IsNot) for one in test.ops)
    return isinstance(test, ast.Call) and isinstance(test.func, ast.Name) and test.func.id == "isinstance"


def test_asserts_decide_nothing():
    asserts = {
        f"{file.relative_to(ROOT)}:{node.lineno}": node.test
        for file in ROOT.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Assert)
    }
    assert asserts
    assert [place for place, test in asserts.items() if not only_narrows(test)] == []
