"""The adviser under a field: what is of the forbidden kind, what courtesy is missing, which hole is open (row K2)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import ClassVar

from textual.content import Content
from textual.widget import Widget

from deskapp.domain.courtesy import Finding, Rules, advise, open_holes
from deskapp.i18n import say
from deskapp.screens.base import Framed
from deskapp.screens.form_dialog import FormDialog
from deskapp.screens.record_form import Values
from deskapp.widgets import painting, signs
from deskapp.widgets.form import FormPanel
from deskapp.widgets.wrapped import Wrapped

SHOWN = 2
"""Findings of the forbidden kind that are told in full; of the others how many there are."""


class Advice(Wrapped):
    """Lines that say what could be said better; they advise, and hold nothing up."""

    DEFAULT_CSS = """
    Advice { max-height: 6; }
    """

    def __init__(self, needs: Collection[str]) -> None:
        super().__init__(grow=True)
        self.needs = tuple(needs)
        self.rules: Rules | None = None
        self.findings: tuple[Finding, ...] = ()
        self._heard = self._warned = ""
        self.display = False

    def learn(self, screen: Framed) -> None:
        """Read what text is held to; without the database there is no advice."""
        from deskapp.services import phrases

        desk = screen.desk
        screen.ask(lambda: phrases.adviser(desk), self._known, group="adviser", wrong=lambda _: None)

    def _known(self, rules: Rules) -> None:
        self.rules = rules
        self.hear(self._heard)

    def hear(self, text: str) -> None:
        """Say what there is to say about a text: at each pause in typing."""
        self._heard = text
        if self.rules is not None:
            self.findings = advise(text, self.rules, self.needs)
            self.relabel()

    def relabel(self) -> None:
        """Say it in the language in use."""
        lines = advice_lines(self._heard, self.findings)
        self.display = bool(lines)
        self.show(lines)

    def unfilled(self, text: str) -> str:
        """What to say, once, of a text that would go out with a hole in it; nothing when it is said again."""
        left = open_holes(text)
        if not left or text == self._warned:
            return ""
        self._warned = text
        hole = left[0] if left[0].startswith("_") else f"{{{{{left[0]}}}}}"
        return say("courtesy.open_hole", hole=hole)


class AdvisedForm(FormDialog):
    """A form whose words go out to clients: advised at each pause, and told once of a hole that is still open."""

    ADVISED: ClassVar[str] = "words"
    """The field that goes out."""
    outgoing: bool = True
    """Whether its words go out to a client at all."""

    def __init__(self, draft: str, given: Values, needs: Collection[str] = ()) -> None:
        super().__init__(draft, given)
        self.advice = Advice(needs)

    def body(self) -> Iterable[Widget]:
        """The form, and beneath it the advice."""
        yield from super().body()
        yield self.advice

    def ready(self) -> None:
        """Read what text is held to."""
        super().ready()
        if self.outgoing:
            self.advice.learn(self)

    def on_form_panel_changed(self, event: FormPanel.Changed) -> None:
        """Say at each pause what could be said better; the draft is kept by every form."""
        self.advice.hear(str(event.values[self.ADVISED] or ""))

    def wrong(self, values: Values) -> dict[str, str]:
        """What is missing; and, once, a hole that is still open."""
        wrong = super().wrong(values)
        if not wrong and (hole := self.advice.unfilled(str(values[self.ADVISED] or ""))):
            return {self.ADVISED: hole}
        return wrong


def advice_lines(text: str, findings: Collection[Finding]) -> list[Content]:
    """Findings in words: where each forbidden expression stands, the rule, what to say; then what is missing."""
    forbidden = [one for one in findings if one.kind == "forbidden"]
    lines = [_forbidden_line(text, one) for one in forbidden[:SHOWN]]
    if len(forbidden) > SHOWN:
        lines.append(Content.styled(say("courtesy.more", count=len(forbidden) - SHOWN), "$warning"))
    missing = [
        say("courtesy.lacks", what=say(f"phrase.kind.{one.kind}"), words=one.advice)
        for one in findings
        if one.kind != "forbidden"
    ]
    if missing:
        words = say("courtesy.missing", what=" · ".join(missing))
        lines.append(painting.safe(words, "$text-muted"))
    return lines


def _forbidden_line(text: str, one: Finding) -> Content:
    before = text[: one.begin]
    words = say(
        "courtesy.forbidden",
        found=" ".join(one.found.split()),
        line=before.count("\n") + 1,
        column=one.begin - (before.rfind("\n") + 1) + 1,
        rule=one.rule,
        advice=one.advice,
    )
    return painting.safe(f"{signs.sign('error')} {words}", "$warning")
