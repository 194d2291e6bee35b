"""What this console last read of the few things a form cannot do without, for when the database is away (row P3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from deskapp.domain.errors import is_away

T = TypeVar("T")
MOST = 200


class Known:
    """The newest answer to each of a few questions; asked from any thread."""

    def __init__(self) -> None:
        self._answers: dict[object, Any] = {}

    def ask(self, name: object, question: Callable[[], T]) -> T:
        """Ask; where the database does not answer, give what it answered the last time."""
        try:
            answer = question()
        except Exception as error:
            if is_away(error) and name in self._answers:
                return cast("T", self._answers[name])
            raise
        self.keep(name, answer)
        return answer

    def keep(self, name: object, answer: object) -> None:
        """Remember an answer; of very many the oldest is forgotten."""
        self._answers.pop(name, None)
        self._answers[name] = answer
        while len(self._answers) > MOST:
            self._answers.pop(next(iter(self._answers)), None)

    def get(self, name: object) -> Any:
        """What is remembered; None when nothing is."""
        return self._answers.get(name)

    def forget(self) -> None:
        """Forget everything: another company, another operator."""
        self._answers.clear()
