"""A repository of a transaction, imported when it is first asked for: a console at the queue knows few of them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

if TYPE_CHECKING:
    from typing import Self

    from deskapp.repository.work import Work

R = TypeVar("R")


class Noun(Generic[R]):
    """An attribute of Work: its repository, made once a transaction."""

    def __init__(self, path: str) -> None:
        self.path = path
        """Module and class, as "clients:Phones"."""
        self.name = ""
        self._class: Any = None

    def __set_name__(self, owner: type[Work], name: str) -> None:
        self.name = name

    def find(self) -> type[R]:
        """The repository's class."""
        if self._class is None:
            module, _, name = self.path.partition(":")
            self._class = getattr(import_module(f"deskapp.repository.{module}"), name)
        return self._class  # type: ignore[no-any-return]

    @overload
    def __get__(self, work: None, owner: type[Work]) -> Self: ...

    @overload
    def __get__(self, work: Work, owner: type[Work]) -> R: ...

    def __get__(self, work: Work | None, owner: type[Work]) -> Self | R:
        if work is None:
            return self
        made: R = self.find()(work)  # type: ignore[call-arg]
        work.__dict__[self.name] = made
        return made
