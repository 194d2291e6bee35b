"""What was typed and not saved yet: one private file a form, whole or not there, kept through any crash (row P3)."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deskapp.domain.errors import StorageFailed

if TYPE_CHECKING:
    from pendulum import DateTime

    from deskapp.desk import Desk

_LOGIN_IN_URL = re.compile(r"//[^/@]*@")
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]")


@dataclass(frozen=True, slots=True)
class Kept:
    """A draft as it was kept: of which form, when, and the values by field."""

    form: str
    at: DateTime
    values: Mapping[str, Any] = field(default_factory=dict)


def keep(desk: Desk, form: str, values: Mapping[str, Any]) -> None:
    """Write the draft of a form, whole or not at all; StorageFailed when the disk refuses it."""
    path = _path(desk, form)
    if path is None:
        return
    kept = {"form": form, "at": desk.now().isoformat(), "values": dict(values)}
    text = json.dumps(kept, ensure_ascii=False).encode("utf-8", "surrogatepass")
    try:
        write_whole(path, text)
    except OSError as error:
        raise StorageFailed("complaint.draft_failed", why=error.strerror or type(error).__name__) from error


def kept(desk: Desk, form: str) -> Kept | None:
    """The draft this operator left in a form; None when there is none or it cannot be read."""
    path = _path(desk, form)
    return None if path is None else _read(path)


def kept_of(desk: Desk, prefix: str) -> list[Kept]:
    """Every draft this operator left in forms whose name begins so, the newest first."""
    folder = _folder(desk)
    if folder is None or not folder.is_dir():
        return []
    found = [_read(path) for path in folder.glob(f"{_whose(desk)}.*.json")]
    drafts = [draft for draft in found if draft is not None and draft.form.startswith(prefix)]
    return sorted(drafts, key=lambda draft: draft.at, reverse=True)


def forget(desk: Desk, form: str) -> None:
    """Throw the draft of a form away: it has been filed, or is not wanted."""
    path = _path(desk, form)
    if path is None:
        return
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise StorageFailed("complaint.draft_failed", why=error.strerror or type(error).__name__) from error


def sweep(desk: Desk) -> int:
    """Throw away drafts nobody has come back to for as long as the policy says, and what dead writers left."""
    swept = 0
    for path in _stale(desk, desk.policy.retention_days["drafts"]):
        try:
            path.unlink()
            swept += 1
        except OSError:
            continue
    return swept


def stale(desk: Desk, days: int) -> int:
    """How many drafts on this desk's disk nobody has come back to for so many days; 0 keeps them for ever."""
    return len(_stale(desk, days))


def _stale(desk: Desk, days: int) -> list[Path]:
    folder = _folder(desk)
    if folder is None or not folder.is_dir():
        return []
    found, now = [], time.time()
    for path in folder.iterdir():
        left = 1 if path.name.startswith(".") else days
        try:
            if left and now - path.stat().st_mtime > left * 86_400:
                found.append(path)
        except OSError:
            continue
    return found


def write_whole(path: Path, content: bytes) -> None:
    """Write a file only its owner may read, whole or not at all, and down on the disk when this returns."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _settle(path.parent)


def _settle(folder: Path) -> None:
    """Bring the folder's entry down on the disk too, where a folder can be opened."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _folder(desk: Desk) -> Path | None:
    return None if desk.desk_dir is None else desk.desk_dir / "drafts"


def _whose(desk: Desk) -> str:
    """The operator at this database: drafts of one company are never offered in another."""
    login = desk.operator.login if desk.operator else ""
    return _mark(f"{login}\n{_database(desk)}")


def database_mark(desk: Desk) -> str:
    """Names a database in the names of files; the password in its URL plays no part."""
    return _mark(_database(desk))


def _database(desk: Desk) -> str:
    return _LOGIN_IN_URL.sub("//", desk.store.url)


def _mark(text: str) -> str:
    return blake2b(text.encode(), digest_size=10).hexdigest()


def safe_name(text: str) -> str:
    """A text as part of a file's name: it leads nowhere."""
    return _UNSAFE.sub("_", text)[:80]


def _path(desk: Desk, form: str) -> Path | None:
    folder = _folder(desk)
    return None if folder is None else folder / f"{_whose(desk)}.{safe_name(form)}.json"


def _read(path: Path) -> Kept | None:
    import pendulum

    try:
        found = json.loads(path.read_bytes().decode("utf-8", "surrogatepass"))
        at = pendulum.parse(found["at"])
        if isinstance(at, pendulum.DateTime) and isinstance(found["values"], dict):
            return Kept(str(found["form"]), at, found["values"])
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return None
