"""Files kept with a record and saved again: photos of a site, papers that were handed in (row S2)."""

from __future__ import annotations

import os
import shlex
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from deskapp.desk import Desk
from deskapp.domain import attachment as rules
from deskapp.domain.attachment import Attachment
from deskapp.domain.errors import RuleBroken, StorageFailed

if TYPE_CHECKING:
    from deskapp.repository.work import Work

_NOUNS = {
    "site": "sites",
    "inspection": "inspections",
    "ticket": "tickets",
    "message": "messages",
    "document": "documents",
}


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file as it was read: its clean name, the ending of what it truly is, its content."""

    name: str
    ending: str
    content: bytes


def read(path: Path | str, noun: str = "") -> LocalFile:
    """Read a file of this machine that may be kept with a noun; refuse what is none, too big, or of no kind known."""
    try:
        path = Path(path).expanduser()
        name = rules.clean_name(path.name)
        content = _content(path, name)
    except (OSError, ValueError, RuntimeError) as error:
        why = getattr(error, "strerror", None) or type(error).__name__
        raise RuleBroken("attachments.unreadable", name=rules.clean_name(str(path)), why=why) from error
    return LocalFile(name, rules.kind_of(name, content, noun), content)


def _content(path: Path, name: str) -> bytes:
    """Read a regular file, and no more of it than may be kept: devices and pipes never end."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        told = os.fstat(descriptor)
        if not stat.S_ISREG(told.st_mode):
            raise RuleBroken("attachments.no_file", name=name)
        rules.check_size(name, told.st_size)
        with os.fdopen(descriptor, "rb", closefd=False) as stream:
            content = stream.read(rules.MOST_BYTES + 1)
    finally:
        os.close(descriptor)
    rules.check_size(name, len(content))
    return content


def paths_of(typed: str) -> list[Path]:
    """Read the files named in a line as people type, paste or drag them: several, quoted, escaped, as file:// or ~."""
    whole = typed.strip()
    if not whole:
        return []
    plain = Path(whole).expanduser() if "\0" not in whole else None
    if plain is not None and _is_there(plain):
        return [plain]
    try:
        words = (
            shlex.split(whole) if os.sep == "/" else [w.strip("\"'") for w in shlex.split(whole, posix=False)]
        )
    except ValueError:
        words = [whole]
    return [Path(_local(word)).expanduser() for word in words]


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def _local(word: str) -> str:
    return unquote(urlsplit(word).path) if word.startswith("file://") else word


def completed(typed: str) -> str:
    """Complete the last path of a line as far as the folder leaves no choice; the same line when it does not."""
    begin = max(typed.rfind(mark) for mark in " '\"") + 1
    if typed.count("'") % 2 == 0 and typed.count('"') % 2 == 0 and _is_there(Path(typed).expanduser().parent):
        begin = 0
    head, last = typed[:begin], typed[begin:]
    folder, _, start = last.rpartition("/")
    where = Path(f"{folder}/" if folder or last.startswith("/") else ".").expanduser()
    try:
        with os.scandir(where) as entries:
            names = sorted(
                f"{one.name}/" if one.is_dir() else one.name
                for one in entries
                if one.name.startswith(start) and (start.startswith(".") or not one.name.startswith("."))
            )
    except (OSError, ValueError):
        return typed
    common = _shared(names)
    return f"{head}{last[: len(last) - len(start)]}{common}" if len(common) > len(start) else typed


def _shared(names: Sequence[str]) -> str:
    """What all names begin with, letter by letter."""
    if not names:
        return ""
    first, last = min(names), max(names)
    same = next((n for n, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), None)
    return min(first, last, key=len) if same is None else first[:same]


def add(desk: Desk, noun: str, record_id: int, path: Path | str) -> Attachment:
    """Keep a file of this machine with a record."""
    return add_all(desk, noun, record_id, [path])[0]


def add_all(desk: Desk, noun: str, record_id: int, paths: Sequence[Path | str]) -> list[Attachment]:
    """Keep some files with a record, all or none of them; one it has already, by name and content, stays one."""
    rules.check_noun(noun)
    if noun not in _NOUNS:
        raise RuleBroken("attachments.noun", value=noun)
    files = [read(path, noun) for path in paths]
    if noun == "document":
        from deskapp.services import document_text

        document_text.readings(desk, record_id)
        document_text.warm(files)
    with desk.write("attachment.add") as work:
        records = getattr(work, _NOUNS[noun])
        # What its files say is put together anew from all of them: two desks that add one each do so in turn.
        records.held(record_id) if noun == "document" else records.find(record_id)
        kept = keep(work, noun, record_id, files)
        if noun == "document":
            document_text.index_in(work, record_id)
        return kept


def keep(work: Work, noun: str, record_id: int, files: Sequence[LocalFile]) -> list[Attachment]:
    """Keep files inside a transaction that does more than that."""
    if not files:
        return []
    there = {(one.name, one.sha256): one for one in work.attachments.of(noun, record_id)}
    kept = []
    for file in files:
        digest = sha256(file.content).hexdigest()
        one = there.get((file.name, digest))
        if one is None:
            work.attachments.put(digest, file.content)
            one = work.attachments.add(
                Attachment(
                    noun=noun,
                    record_id=record_id,
                    name=file.name,
                    media=rules.media_for(noun)[file.ending],
                    size=len(file.content),
                    sha256=digest,
                    added_at=work.now,
                    added_by=work.operator.id if work.operator else None,
                )
            )
            there[file.name, digest] = one
        kept.append(one)
    return kept


def ending_for(attachment: Attachment) -> str:
    """The ending a kept file is saved under again."""
    known = rules.media_for(attachment.noun)
    return {media: ending for ending, media in known.items()}.get(attachment.media, "bin")


def save_copy(desk: Desk, attachment: Attachment) -> Path:
    """Write a kept file into the desk's folder under a name made here, never one from outside; say where it lies."""
    from deskapp.services.drafts import write_whole

    if desk.desk_dir is None:
        raise StorageFailed("attachments.no_folder")
    with desk.read() as work:
        content = work.attachments.content(attachment.sha256)
    ending = ending_for(attachment)
    noun = attachment.noun if attachment.noun in rules.NOUNS else "file"
    path = desk.desk_dir / "attachments" / f"{noun}-{attachment.record_id}-{attachment.id}.{ending}"
    try:
        write_whole(path, content)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise StorageFailed("attachments.not_saved", path=str(path), why=why) from error
    return path
