"""What is said and asked in a call that follows a script, and what may be answered (row F4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from deskapp.domain.errors import RuleBroken

if TYPE_CHECKING:
    from deskapp.domain.followup import Script

KINDS = ("score", "yes_no", "text")
HOLES = ("company", "operator", "client", "address")
"""What an opening may leave open."""
LONGEST_ANSWER = 2000
TRADE_OF: Mapping[str, str] = {
    "designer": "designer",
    "consultant": "consultant",
    "supervisor": "supervisor",
    "manager": "project_manager",
    "project_manager": "project_manager",
    "crew": "crew",
}
"""Questions that are about a trade: their score is that trade's score."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a script: its code, its words, and what kind of answer it takes."""

    code: str
    text: str
    kind: str = "text"

    @property
    def trade(self) -> str:
        """The trade its score is given to; "" for none."""
        return TRADE_OF.get(self.code, "") if self.kind == "score" else ""


def questions_of(script: Script | None) -> tuple[Question, ...]:
    """The questions of a script, those that are none left out."""
    found = []
    for one in (script.questions or ()) if script is not None else ():
        code, text = str(one.get("code") or ""), str(one.get("text") or "")
        kind = str(one.get("kind") or "text")
        if code and text:
            found.append(Question(code, text, kind if kind in KINDS else "text"))
    return tuple(found)


def opening_of(text: str, facts: Mapping[str, str]) -> str:
    """Fill an opening's holes with what is known; anything else in braces stays as it was written."""
    for hole in HOLES:
        text = text.replace("{" + hole + "}", facts.get(hole, ""))
    return text


def answered(questions: Sequence[Question], answers: Mapping[str, object]) -> dict[str, object]:
    """The answers there are, by question; refuses one its question does not take."""
    found: dict[str, object] = {}
    for question in questions:
        answer = answers.get(question.code)
        if answer in (None, ""):
            continue
        if not _fits(question.kind, answer):
            raise RuleBroken("followup_call.answer.wrong", question=question.text, value=str(answer)[:40])
        found[question.code] = answer
    return found


def _fits(kind: str, answer: object) -> bool:
    if kind == "score":
        return isinstance(answer, int) and not isinstance(answer, bool) and 1 <= answer <= 5
    if kind == "yes_no":
        return answer in ("yes", "no")
    return isinstance(answer, str) and len(answer) <= LONGEST_ANSWER
