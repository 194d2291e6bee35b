"""Column types that mean the same on both databases: instants as microseconds, JSON as text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

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


class Instant(TypeDecorator[DateTime]):
    """A UTC instant, stored as a BIGINT of microseconds: sorted, compared and subtracted alike on both engines."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | int | None, dialect: Dialect) -> int | None:
        """Take an instant, or microseconds where a query computed them."""
        return to_micros(value) if isinstance(value, datetime) else value

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[int | None], DateTime | None]:
        """Give the instant back in UTC, by one call: this is done for most of what is read."""
        return _read_micros


def storable(text: str) -> str:
    """Replace visibly what no database can hold: NUL and halves of characters."""
    return text if text.isascii() and "\0" not in text else _UNSTORABLE.sub("\ufffd", text)


class String(TypeDecorator[str]):
    """A short text: a login or a tag may hold what no database can, typed or sent by whoever knocks."""

    impl = PlainString
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Write, and ask for, what can be written."""
        return storable(value) if isinstance(value, str) else value


class Words(TypeDecorator[str]):
    """A text of any length, whatever was typed or pasted."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Write what can be written, the same on both engines."""
        return None if value is None else storable(value)


class Json(TypeDecorator[Any]):
    """A small JSON value as text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Write JSON with its Chinese readable."""
        return None if value is None else storable(_write_json(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Read the JSON back."""
        return None if value is None else json.loads(value)
