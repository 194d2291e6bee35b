"""What hangs in the gallery and no key leads to: screens made for the occasion, on the sample morning."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from deskapp.app import DeskApp


def troubled(_app: DeskApp) -> Any:
    """The screen of a database that cannot be opened."""
    from deskapp.domain.errors import StorageFailed
    from deskapp.screens.trouble import TroubleScreen

    return TroubleScreen(StorageFailed("storage.lost", why="connection refused"))


def bringing_back(_app: DeskApp) -> Any:
    """The question which backup takes a damaged database's place."""
    from deskapp.screens.trouble import Looked, Offer, RestoreScreen

    return RestoreScreen(
        Offer(lambda: "/srv/backup/monday.backup", lambda *_: Looked("", "", 0, None), lambda _: "")
    )


def first_call(app: DeskApp) -> Any:
    """The detail of a past call."""
    from deskapp.screens.call_detail import CallDetailDialog

    with app.desk_now().read() as work:
        call = next(call for call in work.calls.of_client(1) if call.outcome == "reached")
    return CallDetailDialog(call.id)


def call_elsewhere(app: DeskApp) -> Any:
    """The notes of a call that was answered at a telephone no operator has."""
    from deskapp.screens.call_detail import ElsewhereNotesDialog

    with app.desk_now().read() as work:
        return ElsewhereNotesDialog(next(call for call in work.calls.of_client(1) if call.notes))


def which_site(app: DeskApp) -> Any:
    """The question which of a client's sites is meant."""
    from deskapp.screens.site_choice import SiteChoice
    from deskapp.services.clients import whole_file

    file = whole_file(app.desk_now(), 1)
    assert file is not None
    return SiteChoice(file.sites)


def what_waits(app: DeskApp) -> Any:
    """A complaint and an answer that wait for a database that is away."""
    from deskapp.domain.ticket import Draft
    from deskapp.screens.outgoing import OutgoingDialog
    from deskapp.services import outgoing

    desk = app.desk_now()
    with desk.read() as work:
        row = work.tickets.newest(1)[0]
    words = {"words": row.ticket.subject}
    draft = Draft(client_id=row.ticket.client_id, subject=row.ticket.subject)
    about = f"{row.client_name} {row.ticket.subject}"
    filing = outgoing.filing(desk, draft, decided=False, about=about, form="", typed={})
    return OutgoingDialog([filing, outgoing.moving(desk, "respond", row.ticket, "", "", words)])


def what_came_of_it(app: DeskApp) -> Any:
    """The result of a follow-up about the site of the first client who has one."""
    from deskapp.domain.call import Call
    from deskapp.domain.call_queue import QueueRow
    from deskapp.domain.script_talk import questions_of
    from deskapp.screens.call_result import ResultDialog
    from deskapp.services.followup_calls import Brief, people_of

    with app.desk_now().read() as work:
        site = work.sites.of(1)[0]
        questions = questions_of(work.scripts.by_code("midterm"))
        people = people_of(work, site.id)
    row = QueueRow(Call(id=1, kind="followup", client_id=1, site_id=site.id, purpose="midterm"))
    return ResultDialog(row, Brief(questions=questions, people=people))


def a_letter(app: DeskApp) -> Any:
    """A letter begun to the client of the newest ticket."""
    from deskapp.screens.mail_forms import MailDialog, answering

    desk = app.desk_now()
    with desk.read() as work:
        row = work.tickets.newest(1)[0]
    return MailDialog(answering(desk, row.ticket.id))


def a_decision(app: DeskApp) -> Any:
    """A decision taken on the spot, put before the manager."""
    from deskapp.domain.decision import Decision, DecisionRow
    from deskapp.screens.decisions import SettleDialog

    desk = app.desk_now()
    with desk.read() as work:
        row = work.tickets.newest(1)[0]
    ticket = row.ticket
    decision = Decision(id=1, version=1, ticket_id=ticket.id, at=desk.now(), words=ticket.demand or "-")
    who = desk.operator.name if desk.operator else ""
    return SettleDialog(
        DecisionRow(decision, ticket.number, ticket.subject, row.client_name, who), changes=True
    )


def an_issued_paper(app: DeskApp) -> Any:
    """Last week's account of follow-up calls, as it was issued."""
    from deskapp.screens.paper import IssuedPaperScreen
    from deskapp.services import papers

    (row,) = papers.Issued(app.desk_now(), "followups_weekly").first(1)
    return IssuedPaperScreen(row.paper.id)


def a_kept_file(_: DeskApp) -> Any:
    """The question where a copy of a kept file goes."""
    from pathlib import Path

    from deskapp.domain.attachment import Attachment
    from deskapp.screens.document_forms import SaveFileDialog

    return SaveFileDialog(Attachment(id=1, noun="document", name="1101.csv"), str(Path("~", "Documents")))


def a_form_returned(app: DeskApp) -> Any:
    """The form in which an evaluation that came back is entered."""
    from deskapp.domain.praise import Evaluation
    from deskapp.screens.praises_forms import ReturnDialog, read_form

    desk = app.desk_now()
    with desk.read() as work:
        site = work.sites.of(1)[0]
    return ReturnDialog(read_form(desk, Evaluation(site_id=site.id, client_id=1)))


def who_gets_forms(app: DeskApp) -> Any:
    """The question whether a month's evaluation forms are sent."""
    from deskapp.screens.praises_forms import SendDialog
    from deskapp.services import evaluations

    desk = app.desk_now()
    month = desk.local(desk.now()).date().replace(day=1)
    sites = evaluations.proposed(desk, month)
    with desk.read() as work:
        clients = work.clients.get_many(site.client_id for site in sites)
    return SendDialog(month, sites, {client.id: client.name for client in clients.values()})


def one_inspection(app: DeskApp) -> Any:
    """A line of a client's history in full: an inspection of the site."""
    from deskapp.screens.timeline_lines import LineDialog

    with app.desk_now().read() as work:
        return LineDialog(work.timeline.of(1, 1, only="inspection")[0])


def key_question(_app: DeskApp) -> Any:
    """The question which key shall do an act."""
    from deskapp.screens.key_lines import KeyLine
    from deskapp.screens.settings import KeyDialog

    return KeyDialog(KeyLine("help", "f1", changed=False))


def column_question(_app: DeskApp) -> Any:
    """The question which column feeds a field."""
    from deskapp.screens.import_column import ColumnDialog
    from deskapp.screens.import_lists import FieldLine

    return ColumnDialog(
        FieldLine("phones", ("\u624b\u673a",), required=True), ["\u59d3\u540d", "\u624b\u673a"]
    )


def _a_macro(app: DeskApp) -> Any:
    """A macro made of words the sample has: the subject of the newest ticket."""
    from deskapp.domain.macro import Macro

    with app.desk_now().read() as work:
        subject = work.tickets.newest(1)[0].ticket.subject
    steps = [
        {"do": "tag", "tag": subject},
        {"do": "note", "words": "{{client.name}} {{No.}}"},
        {"do": "callback", "hours": 4},
    ]
    return Macro(id=1, name=subject, letter="1", moves={"steps": steps})


def a_macro_choice(app: DeskApp) -> Any:
    """The macros to choose from on a ticket."""
    from deskapp.screens.macros import MacroChoice

    return MacroChoice([_a_macro(app)])


def macro_holes(app: DeskApp) -> Any:
    """What a macro asks before it runs."""
    from deskapp.screens.macros import HolesDialog

    macro = _a_macro(app)
    return HolesDialog(macro, ["No."])


def would_go(app: DeskApp) -> Any:
    """What would go of the first kind that has anything, were everything kept for a day only."""
    from deskapp.screens.retention import RetentionListScreen
    from deskapp.services import retention

    policy = app.desk_now().policy
    kept = replace(policy, retention_days=dict.fromkeys(policy.retention_days, 1))
    lines = retention.preview(replace(app.desk_now(), policy=kept))
    return RetentionListScreen(kept, next((line for line in lines if line.count), lines[0]))
