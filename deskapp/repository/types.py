"""Column types that mean the same on both databases: instants as microseconds, JSON as text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

from pendulum import DateTime
from sqlalchemy import BigInteger, Text
from sqlalchemy import String as PlainString
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from deskapp.repository.instants import from_micros, to_micros

_write_json = json.JSONEncoder(ensure_ascii=False, default=str, separators=(",", ":")).encode
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def _read_micros(value: int | None) -> DateTime | None:
    return None if value is None else from_micros(value)


def _write_micros(value: datetime | int | None) -> int | None:
    return to_micros(value) if isinstance(value, datetime) else value


def storable(text: str) -> str:
    """Replace visibly what no database can hold: NUL and halves of characters."""
    return text if text.isascii() and "\0" not in text else _UNSTORABLE.sub("\ufffd", text)


def _write_text(value: str | None) -> str | None:
    return storable(value) if isinstance(value, str) else value


def _write_value(value: Any) -> str | None:
    return None if value is None else storable(_write_json(value))


class Written(TypeDecorator[Any]):
    """A type that writes by one function, called once a value where SQLAlchemy's way would be four calls."""

    write: ClassVar[Any]
    """Writes a value as the driver takes it."""

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Write, and ask for, what can be written."""
        return self.write(value)

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:
        """Give the function itself: what it gives goes to the driver as it is."""
        write: Callable[[Any], Any] = self.write
        return write


class Instant(Written):
    """A UTC instant, stored as a BIGINT of microseconds: sorted, compared and subtracted alike on both engines.

    It takes an instant, or microseconds where a query computed them.
    """

    impl = BigInteger
    cache_ok = True
    write = staticmethod(_write_micros)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[int | None], DateTime | None]:
        """Give the instant back in UTC, by one call: this is done for most of what is read."""
        return _read_micros


class String(Written):
    """A short text: a login or a tag may hold what no database can, typed or sent by whoever knocks."""

    impl = PlainString
    cache_ok = True
    write = staticmethod(_write_text)


class Words(Written):
    """A text of any length, whatever was typed or pasted."""

    impl = Text
    cache_ok = True
    write = staticmethod(_write_text)


class Json(Written):
    """A small JSON value as text, its Chinese readable."""

    impl = Text
    cache_ok = True
    write = staticmethod(_write_value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Read the JSON back."""
        return None if value is None else json.loads(value)
