"""Several acts in one transaction: every service works as ever, and all of it is stored at once or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from deskapp.desk import Desk

if TYPE_CHECKING:
    from deskapp.domain.operator import Operator
    from deskapp.repository.work import Store, Work


class _OneTransaction:
    """A store whose reads and writes are parts of one transaction; an act that fails takes back only itself."""

    def __init__(self, store: Store, work: Work) -> None:
        self._store, self._work = store, work

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    @contextmanager
    def read(self) -> Iterator[Work]:
        """Look at what the transaction has made so far."""
        yield self._work

    def write(self, act: str, operator: Operator | None = None) -> AbstractContextManager[Work]:
        """Do one act as a part of the transaction."""
        return self._work.part(act)


def joined(desk: Desk, work: Work) -> Desk:
    """The same desk within a transaction that is open: each act still checks its own right."""
    return replace(desk, store=cast("Store", _OneTransaction(desk.store, work)))
