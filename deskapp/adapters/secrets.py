"""Secrets: from the environment, the system's keyring, or a file only its owner reads; never in the database."""

from __future__ import annotations

import os
import tomllib
from contextlib import suppress
from pathlib import Path
from threading import Lock

SERVICE = "deskapp"
_lock = Lock()


def secret(name: str, folder: Path | None) -> str:
    """Read a secret by its name, "" where there is none: DESKAPP_<NAME>, then the keyring, then the file."""
    return found(name, folder)[0]


def found(name: str, folder: Path | None) -> tuple[str, str]:
    """Read a secret, and say where it was: "environment", "keyring", "file", or "" where there is none."""
    value = os.environ.get(f"{SERVICE}_{name}".upper())
    if value:
        return value, "environment"
    if value := _from_keyring(name):
        return value, "keyring"
    value = _file(folder).get(name, "")
    return (value, "file") if value else ("", "")


def keep(name: str, value: str, folder: Path | None) -> str:
    """Keep a secret, or forget it where it is empty; return where it is kept now. OSError where nowhere takes it."""
    if _into_keyring(name, value):
        with _lock:
            _write(folder, {key: kept for key, kept in _file(folder).items() if key != name})
        return "keyring"
    if folder is None:
        raise OSError("no folder to keep a secret in")
    with _lock:
        kept = {key: one for key, one in _file(folder).items() if key != name}
        _write(folder, kept | ({name: value} if value else {}))
    return "file"


def _path(folder: Path) -> Path:
    return folder / "secrets.toml"


def _file(folder: Path | None) -> dict[str, str]:
    """What the file holds; one that others may read, or nobody can, holds nothing."""
    if folder is None:
        return {}
    try:
        with open(_path(folder), "rb") as opened:
            if os.name == "posix" and os.fstat(opened.fileno()).st_mode & 0o077:
                return {}
            return {key: str(value) for key, value in tomllib.load(opened).items()}
    except (OSError, ValueError):
        return {}


def _write(folder: Path | None, kept: dict[str, str]) -> None:
    import tomli_w

    if folder is None or (not kept and not _path(folder).exists()):
        return
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = folder / f".secrets-{os.getpid()}.part"
    with suppress(FileNotFoundError):
        part.unlink()
    with open(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as opened:
        opened.write(tomli_w.dumps(kept).encode())
        opened.flush()
        os.fsync(opened.fileno())
    os.replace(part, _path(folder))


def _keyring_wanted() -> bool:
    """Whether a keyring may be asked: a test or a server without a session says DESKAPP_KEYRING=0."""
    return os.environ.get("DESKAPP_KEYRING", "1") != "0"


def _from_keyring(name: str) -> str:
    if not _keyring_wanted():
        return ""
    try:
        import keyring

        return keyring.get_password(SERVICE, name) or ""
    except Exception:
        return ""


def _into_keyring(name: str, value: str) -> bool:
    """Whether the system's keyring took it; one that only pretends, or fails, is none."""
    if not _keyring_wanted():
        return False
    try:
        import keyring

        if value:
            keyring.set_password(SERVICE, name, value)
        elif keyring.get_password(SERVICE, name):
            keyring.delete_password(SERVICE, name)
        return (keyring.get_password(SERVICE, name) or "") == value
    except Exception:
        return False
