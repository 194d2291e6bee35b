"""The call queue, the home of the desk: one list, one order, the reason for the first row in words (row C1)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget

from deskapp.i18n import say
from deskapp.screens import missed, paint, telephone
from deskapp.screens.base import DeskScreen, Panel
from deskapp.screens.call_followup import question_lines, reason_lines, spoken_lines
from deskapp.screens.paged import Listing
from deskapp.screens.paper_due import PapersDue, read_dues, read_items
from deskapp.screens.queue_list import QueueSource, columns
from deskapp.widgets.lines import Lines
from deskapp.widgets.record_reader import counted_after
from deskapp.widgets.record_table import ListSource, RecordTable
from deskapp.widgets.wrapped import Wrapped

if TYPE_CHECKING:
    from datetime import date

    from deskapp.domain.call import Call
    from deskapp.domain.call_queue import QueueRow
    from deskapp.domain.office_document import ItemRow
    from deskapp.repository.first_page import FirstPage
    from deskapp.services.clients import ClientFile
    from deskapp.services.followup_calls import Brief
    from deskapp.services.papers.dues import OpenDue

FILTERS = ("", "inbound", "callback", "verification", "followup", "care")


class QueueScreen(Listing, DeskScreen[None]):
    """Who rings, who was promised a call, what was planned: `Enter` takes the first of them."""

    PLACE, SCREEN_ID, ROWS = "queue", "queue", ("C1", "C2", "C3", "C5", "K3", "K4")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "take", id="queue.take", priority=True),
        Binding("n", "complaint", id="queue.complaint"),
        Binding("d", "papers", id="queue.papers"),
        Binding("t", "items", id="queue.items"),
        Binding("slash", "find", id="queue.find"),
        Binding("i", "ring", id="queue.ring"),
        Binding("o", "open_client", id="queue.open"),
        Binding("c", "dial", id="queue.dial"),
        Binding("z", "later", id="queue.later"),
        Binding("x", "hung_up", id="queue.hung_up"),
        Binding("m", "missed_done", id="queue.missed_done"),
        Binding("M", "missed_all", id="queue.missed_all", system=True),
        Binding("f", "filter", id="queue.filter"),
        Binding("r", "reload", id="queue.reload", system=True),
    ]
    DEFAULT_CSS = """
    QueueScreen #queue-list { width: 3fr; }
    QueueScreen #queue-side { width: 2fr; max-width: 60; }
    QueueScreen #queue-card { height: auto; min-height: 6; }
    QueueScreen #queue-why { height: 1; background: $background; padding: 0 1; }
    QueueScreen.-narrow #queue-side { display: none; }
    QueueScreen #queue-brief { height: 3; padding: 0 1; background: $surface; }
    QueueScreen.-wide #queue-brief { display: none; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.kind = ""
        self.totals: dict[str, int] = {}
        self.table = RecordTable(columns(lambda: self.app.zone), empty_code="queue.empty", id="queue-table")
        self.card = Lines(grow=True, id="queue-card-lines")
        self.script = Wrapped(id="queue-script-lines")
        self.brief = Lines(id="queue-brief")
        self.why = Lines(id="queue-why")
        self.papers = PapersDue()
        self.panel = Panel("queue.title", self.table, id="queue-list")

    def body(self) -> Iterable[Widget]:
        """List at the left, the caller's card and the words to say at the right."""
        yield self.papers
        yield Horizontal(
            self.panel,
            Vertical(
                Panel("queue.card", self.card, id="queue-card"),
                Panel("queue.script", self.script, id="queue-script"),
                id="queue-side",
            ),
        )
        yield self.brief
        yield self.why

    def ready(self) -> None:
        """Read the queue; show the motto of the day until something stands first."""
        self.table.focus()
        self._reload()

    def changed(self) -> None:
        """Read the queue anew, and the motto, which may be another or turned off; the cursor stays on its call."""
        if self.app.desk is not None and self.app.desk.operator is not None:
            self._reload()
            self.settled()

    async def foreshow(self, page: FirstPage) -> None:
        """Show rows read before storage is open, to be looked at, not chosen; return when they are on the glass."""
        self.app.zone = page.zone
        self.table.foreshow(ListSource(page.rows, key=lambda row: row.call.id))
        painted = asyncio.Event()
        self.call_after_refresh(painted.set)
        await painted.wait()

    def _reload(self) -> None:
        source = self.table.source
        if isinstance(source, QueueSource) and (source.desk, source.kind) == (self.desk, self.kind):
            source.renew()
            self.table.refresh_rows()
        else:
            self.table.source = QueueSource(self.desk, self.kind)
        self._explain()

    def relabel(self) -> None:
        """Say everything again."""
        super().relabel()
        if self.app.desk is not None and self.app.desk.operator is not None:
            self._titles()
            self._explain()
            self.papers.again()
            self._preview(self.table.selected)

    def _titles(self) -> None:
        if not self.totals:
            return
        parts = [f"{say(f'call.kind.{kind}')} {count}" for kind, count in self.totals.items()]
        if self.papers.dues:
            parts.insert(0, say("paper_due.count", count=len(self.papers.dues)))
        if self.papers.items:
            parts.insert(0, say("action_item.count", count=len(self.papers.items)))
        self.panel.entitle(counts=" · ".join(parts))

    def on_record_table_highlighted(self, message: RecordTable.Highlighted) -> None:
        """Show who the call is about."""
        self._preview(message.record)
        self.refresh_bindings()

    def _explain(self) -> None:
        """Say why the first call stands first, and how many there are of each kind."""
        source = self.table.source
        if not isinstance(source, QueueSource):
            return
        self.ask(source.head, self._say_why, group="why")
        counted = partial(self.ask, source.told, self._counted, group="totals")
        if after := counted_after(sum(self.totals.values())):
            self.set_timer(after, counted)
        else:
            counted()

    def settled(self) -> None:
        """Read what stands round the queue: the motto, and papers and items that are due."""
        desk = self.desk

        def motto() -> str:
            from deskapp.services import company

            return company.motto(desk)

        self.ask(motto, self.panel.whisper, group="motto")

        self.ask(lambda: read_dues(desk), self._papers_due, group="papers")
        self.ask(lambda: read_items(desk), self._items_due, group="items")

    def _papers_due(self, found: list[OpenDue]) -> None:
        """Papers are work too: those due stand above the calls and are counted with them."""
        self.papers.tell(found)
        self._titles()
        self.refresh_bindings()

    def _items_due(self, found: tuple[list[ItemRow], date]) -> None:
        """What meetings asked is work too."""
        self.papers.tell_items(*found)
        self._titles()
        self.refresh_bindings()

    def _counted(self, totals: dict[str, int]) -> None:
        self.totals = totals
        self._titles()

    def _say_why(self, call: Call | None) -> None:
        if call is None:
            self.why.show([Content.styled(say("queue.why.nobody"), "$text-muted")])
            return
        from deskapp.domain.call_queue import why_first

        reason = why_first(call, self.desk.now(), self.desk.policy)
        facts = {
            "waited": paint.span(reason.waited_s),
            "target": reason.target_s,
            "minutes": reason.minutes,
            "days": reason.days,
        }
        words = say(f"queue.why.{reason.code}", **facts)
        if call.purpose and call.kind != "verification":
            words = f"{words} \u00b7 {say(f'followup.purpose.{call.purpose}')}"
        late = reason.code == "inbound" and reason.waited_s > reason.target_s
        self.why.show(
            [
                Content.assemble(
                    (say("queue.why.label"), "$text-muted"), " ", (words, "$error" if late else "")
                )
            ]
        )

    def _preview(self, row: QueueRow | None) -> None:
        if row is None or self.app.desk is None:
            self.card.show([])
            self.script.show([])
            self.brief.show([])
            return
        desk, client_id = self.desk, row.call.client_id
        if client_id is None:
            self._show_unknown(row)
            return

        def read() -> tuple[ClientFile | None, list[Any], Brief | None]:
            from deskapp.services import followup_calls
            from deskapp.services.clients import whole_file

            with desk.read() as work:
                items, brief = work.timeline.of(client_id, 6), followup_calls.brief(work, row.call)
            return whole_file(desk, client_id), items, brief

        self.ask(read, lambda found: self._show_card(row, *found), group="preview")

    def _show_unknown(self, row: QueueRow) -> None:
        number = paint.call_number(self.desk, row.call)
        lines = [Content.styled(number, "bold"), Content.styled(say("queue.unknown_caller"), "$text-muted")]
        self.card.show(lines)
        self.brief.show(lines)
        self.script.show(paint.salutation_lines(self.desk, None))

    def _show_card(
        self, row: QueueRow, file: ClientFile | None, items: list[Any], brief: Brief | None
    ) -> None:
        if file is None:
            return
        self.app.known.keep(("file", row.call.client_id), file)
        card = paint.card_lines(self.desk, file)
        history = paint.recent_lines(self.desk, items)
        self.card.show([*card, Content(""), *history])
        self.brief.show([*card[:2], *history[:1]])
        spoken = spoken_lines(self.desk, file.card, brief)
        self.script.show([*spoken, Content(""), *reason_lines(row, file), *question_lines(self.desk, brief)])

    def on_record_table_chosen(self, message: RecordTable.Chosen) -> None:
        """Enter on a row takes that call."""
        self._take(message.record.call)

    def action_take(self) -> None:
        """Take the first call of the queue."""
        selected = self.table.selected
        if selected is not None:
            self._take(selected.call)

    def _take(self, call: Call) -> None:
        from deskapp.screens.call_view import open_call, take

        desk, app = self.desk, self.app
        self.act(lambda: take(desk, call), lambda view: open_call(app, view.row.call.id, view))

    def action_complaint(self) -> None:
        """File a complaint for the caller under the cursor."""
        from deskapp.screens.places import open_form

        open_form(self.app)

    def context(self) -> dict[str, Any]:
        """Whom a new complaint is about: the client of the call under the cursor."""
        row = self.table.selected
        if row is None:
            return {}
        return {"client_id": row.call.client_id, "site_id": row.call.site_id, "phone": row.call.number}

    def action_find(self) -> None:
        """Find a client."""
        self.app.go("clients")

    def action_open_client(self) -> None:
        """Open the history of the client under the cursor."""
        row = self.table.selected
        if row is not None and row.call.client_id is not None:
            self.app.open_client(row.call.client_id)

    def action_ring(self) -> None:
        """Write down a call that rings on a telephone this console does not hear."""
        from deskapp.screens.call_dialogs import RingDialog

        self.app.push_screen(RingDialog(), self._rang)

    def _rang(self, number: str | None) -> None:
        if number is None:
            return
        from deskapp.services import calls

        desk = self.desk
        self.act(lambda: calls.ring(desk, number))

    def action_dial(self) -> None:
        """Have the telephone system dial the call under the cursor."""
        row = self.table.selected
        if row is not None:
            telephone.dial(self, row.call)

    def action_later(self) -> None:
        """Put a planned call off."""
        from deskapp.screens.call_dialogs import LaterDialog

        row = self.table.selected
        if row is None:
            return
        dialog = LaterDialog(self.desk, f"call-{row.call.id}")
        self.app.push_screen(dialog, lambda at: self._put_off(row.call, at) if at else None)

    def _put_off(self, call: Call, at: Any) -> None:
        from deskapp.services import harmless

        desk, told = self.desk, say("undo.act.later")
        self.act(lambda: harmless.later(desk, call, at), lambda one: self.app.undoing.offer(one, told))

    def action_hung_up(self) -> None:
        """The caller hung up before anybody answered: a callback is planned."""
        row = self.table.selected
        if row is None or row.call.kind != "inbound":
            return
        from deskapp.services import calls

        desk = self.desk
        self.act(lambda: calls.abandon(desk, row.call))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A call can be done with while it waits because it was missed; papers and items are there when due."""
        if action in ("papers", "items"):
            return bool(self.papers.dues if action == "papers" else self.papers.items)
        row = self.table.selected if action == "missed_done" else None
        missed = row is not None and row.call.kind == "callback" and row.call.previous_id is not None
        return missed or action != "missed_done"

    def action_missed_done(self) -> None:
        """Nothing is owed to the missed caller under the cursor any more."""
        row = self.table.selected
        if row is not None:
            missed.mark_done(self, [row.call])

    def action_missed_all(self) -> None:
        """Nothing is owed to any missed caller any more."""
        missed.mark_all_done(self)

    def action_papers(self) -> None:
        """Make the paper that is due; of several, choose one."""
        from deskapp.screens.paper import PreviewScreen

        dues = self.papers.dues
        if len(dues) == 1:
            self.app.push_screen(PreviewScreen(*dues[0].due.key))
        elif dues:
            self.app.go("papers")

    def action_items(self) -> None:
        """Show the action items due; the only one opens with its document."""
        from deskapp.screens import document_acts
        from deskapp.screens.action_items import ActionItemsScreen

        if len(self.papers.items) == 1:
            document_acts.show(self, self.papers.items[0].item.document_id)
        else:
            self.app.push_screen(ActionItemsScreen())

    def action_filter(self) -> None:
        """Show another kind of call only, or all again."""
        self.kind = FILTERS[(FILTERS.index(self.kind) + 1) % len(FILTERS)]
        self.app.say("queue.filtered", kind=say(f"call.kind.{self.kind}") if self.kind else say("queue.all"))
        self._reload()

    def action_reload(self) -> None:
        """Read the queue anew."""
        self._reload()
