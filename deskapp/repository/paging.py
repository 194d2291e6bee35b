"""Pages by key: the rows after, before or at a place in an ordered query, at the same cost however long it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, literal, tuple_


def after(query: Select[Any], keys: Sequence[Any], values: Sequence[Any] | None, limit: int) -> Select[Any]:
    """The next rows in ascending order of `keys`, from the start or after `values`."""
    if values is not None:
        query = query.where(tuple_(*keys) > _typed(keys, values))
    return query.order_by(*keys).limit(limit)


def before(query: Select[Any], keys: Sequence[Any], values: Sequence[Any] | None, limit: int) -> Select[Any]:
    """The rows just before `values` (or the last ones), in descending order: the caller turns them round."""
    if values is not None:
        query = query.where(tuple_(*keys) < _typed(keys, values))
    return query.order_by(*(key.desc() for key in keys)).limit(limit)


def at(query: Select[Any], keys: Sequence[Any], offset: int, limit: int) -> Select[Any]:
    """The rows at an offset, for a jump to the middle of a list."""
    return query.order_by(*keys).offset(offset).limit(limit)


def _typed(keys: Sequence[Any], values: Sequence[Any]) -> Any:
    """The values written as their columns are."""
    return tuple_(*(literal(value, key.type) for key, value in zip(keys, values, strict=True)))
