"""The lock: every package once, pinned, with hashes, and none with a hole on the short list kept here.

This needs no network and so cannot know of new holes, nor of releases that were withdrawn: `make audit` asks for those.
"""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.version import Version

HERE = Path(__file__).parent
LOCK = (HERE.parents[1] / "requirements.lock").read_text(encoding="utf-8")
FIXED = tomllib.loads((HERE / "advisories.toml").read_text(encoding="utf-8"))["fixed"]
ENTRY = re.compile(
    r"(?m)^([a-z0-9][a-z0-9.-]*)==(\S+)((?: ; [^\\\n]+)?)((?: \\\n    --hash=sha256:[0-9a-f]{64})+)$"
)
PINNED = {name: version for name, version, _, _ in ENTRY.findall(LOCK)}


def test_every_line_is_a_package_pinned_once_with_hashes():
    left = ENTRY.sub("", re.sub(r"(?m)^\s*#.*$", "", LOCK)).strip()
    assert left == "", left[:200]
    assert len(PINNED) == len(ENTRY.findall(LOCK)) > 50
    for name, _, _, hashes in ENTRY.findall(LOCK):
        told = hashes.split("--hash=")[1:]
        assert len(set(told)) == len(told), name


def test_no_package_is_a_trial_release():
    assert [name for name, version in PINNED.items() if Version(version).is_prerelease] == []


@pytest.mark.parametrize("name", sorted(FIXED))
def test_known_holes_are_closed(name):
    assert name in PINNED, f"{name} is locked no more: strike it from advisories.toml"
    assert Version(PINNED[name]) >= Version(FIXED[name])
