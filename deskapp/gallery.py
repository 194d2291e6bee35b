"""Every screen and the way to it, for screens.md (gallery_pages.py) and for tests, on a still sample morning."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.pilot import Pilot

from deskapp.gallery_glass import painted_at_rest, settle, strike
from deskapp.gallery_scenes import (
    a_decision,
    a_form_returned,
    a_kept_file,
    a_letter,
    a_macro_choice,
    an_issued_paper,
    bringing_back,
    call_elsewhere,
    column_question,
    first_call,
    key_question,
    macro_holes,
    one_inspection,
    troubled,
    what_came_of_it,
    what_waits,
    which_site,
    who_gets_forms,
    would_go,
)
from deskapp.screens.base import Framed

if TYPE_CHECKING:
    from deskapp.app import DeskApp

SIZE = (100, 30)
SEED = 7

Way = Callable[["DeskApp", Pilot[Any]], Awaitable[None]]


@dataclass(frozen=True)
class Shot:
    """One screen of the gallery: where its class lives, and the way a person gets there."""

    path: str
    way: Way

    @property
    def screen(self) -> type[Framed]:
        """The screen's class."""
        module, _, name = self.path.partition(":")
        found: type[Framed] = getattr(import_module(f"deskapp.screens.{module}"), name)
        return found


def press(*keys: str) -> Way:
    """Get there from the queue by keys."""

    async def way(app: DeskApp, pilot: Pilot[Any]) -> None:
        app.go("queue")
        await settle(app, pilot)
        await strike(app, *keys)

    return way


def pushed(path: str, *arguments: Any) -> Way:
    """Put a screen on the glass that no key leads to once somebody sits at the desk."""

    async def way(app: DeskApp, pilot: Pilot[Any]) -> None:
        app.go("queue")
        await settle(app, pilot)
        module, _, name = path.partition(":")
        app.push_screen(getattr(import_module(f"deskapp.screens.{module}"), name)(*arguments))
        await settle(app, pilot)

    return way


def made(make: Callable[[DeskApp], Any]) -> Way:
    """Put a screen made for the occasion on the glass."""

    async def way(app: DeskApp, pilot: Pilot[Any]) -> None:
        app.go("queue")
        await settle(app, pilot)
        app.push_screen(make(app))
        await settle(app, pilot)

    return way


def sealed(way: Way) -> Way:
    """Get there when every entry of the audit trail has its seal."""

    async def later(app: DeskApp, pilot: Pilot[Any]) -> None:
        from deskapp.services import audit

        await asyncio.to_thread(audit.seal, app.desk_now())
        await way(app, pilot)

    return later


def by(login: str, way: Way) -> Way:
    """Get there as another operator; the first one sits down again before the next picture."""

    async def other(app: DeskApp, pilot: Pilot[Any]) -> None:
        desk = app.desk_now()
        with desk.read() as work:
            found = work.operators.by_login(login)
        assert found is not None
        app.use_desk(desk.signed_in(found))
        await way(app, pilot)

    return other


GALLERY: tuple[Shot, ...] = (
    Shot("first_start:FirstStartScreen", pushed("first_start:FirstStartScreen")),
    Shot("sign_in:SignInScreen", pushed("sign_in:SignInScreen")),
    Shot("lock:LockScreen", pushed("lock:LockScreen")),
    Shot("queue:QueueScreen", press()),
    Shot("call_dialogs:RingDialog", press("i")),
    Shot("call:CallScreen", press("enter")),
    Shot("ticket_form:TicketFormScreen", press("enter", "n", "\u6f0f", "\u6c34", "tab", "1")),
    Shot("ticket_filed:FiledDialog", press("enter", "n", "\u6f0f", "\u6c34", "ctrl+s")),
    Shot("outgoing:OutgoingDialog", made(what_waits)),
    Shot("call_dialogs:ScoreDialog", pushed("call_dialogs:ScoreDialog")),
    Shot("call_dialogs:LaterDialog", press("end", "z")),
    Shot("call_result:ResultDialog", made(what_came_of_it)),
    Shot("call_followup:OptOutDialog", pushed("call_followup:OptOutDialog", "\u5f20\u4f1f\u660e")),
    Shot("clients:ClientsScreen", press("f3", "z", "w", "m")),
    Shot("clients:PickClientDialog", pushed("clients:PickClientDialog", [])),
    Shot("client:ClientScreen", press("o")),
    Shot("timeline_lines:LineDialog", made(one_inspection)),
    Shot("client_more:ClientMoreDialog", press("o", "m")),
    Shot("client_keeping:EraseDialog", press("o", "m", "f")),
    Shot("client_form:ClientForm", press("o", "e")),
    Shot("site_form:SiteForm", press("o", "+")),
    Shot("site_choice:SiteChoice", made(which_site)),
    Shot("sites:SitesScreen", press("f10", "g")),
    Shot("site:SiteScreen", press("f10", "g", "enter")),
    Shot("site_forms:MilestoneDialog", press("f10", "g", "enter", "m")),
    Shot("site_forms:PaymentDialog", press("f10", "g", "enter", "p")),
    Shot("inspections:InspectionsScreen", press("f10", "v")),
    Shot("inspection_form:InspectionDialog", press("f10", "v", "n")),
    Shot("inspection_form:ReinspectionDialog", press("f10", "v", "3", "r")),
    Shot("attachments:AttachmentsDialog", press("f10", "g", "enter", "a")),
    Shot("call_detail:CallDetailDialog", made(first_call)),
    Shot("call_detail:ElsewhereNotesDialog", made(call_elsewhere)),
    Shot("clocks:ClocksScreen", press("f5")),
    Shot("ticket:TicketScreen", press("f5", "enter")),
    Shot("ticket_dialog:ActDialog", press("f5", "a")),
    Shot("ticket_tags:TagsDialog", press("f5", "enter", "h")),
    Shot("ticket_tags:WatchersDialog", press("f5", "enter", "i")),
    Shot("tickets:TicketsScreen", press("f10", "d")),
    Shot("ticket_tags:TagFilterDialog", press("f10", "d", "ctrl+b")),
    Shot("ticket_bulk:BulkDialog", press("f10", "d", "asterisk", "d")),
    Shot("saved_views:ViewsDialog", press("f10", "d", "ctrl+y")),
    Shot("saved_views:ViewDialog", press("f10", "d", "ctrl+y", "n")),
    Shot("missed:MissedDialog", pushed("missed:MissedDialog", 3)),
    Shot("phrases:PhrasesScreen", press("f10", "8")),
    Shot("phrase_form:PhraseDialog", by("admin", press("f10", "8", "n"))),
    Shot("phrase_pick:PhrasePick", press("f4", "ctrl+d")),
    Shot("macros:MacrosScreen", press("f10", "9")),
    Shot("macros:MacroDialog", press("f10", "9", "n")),
    Shot("macros:MacroChoice", made(a_macro_choice)),
    Shot("macros:HolesDialog", made(macro_holes)),
    Shot("notices:NoticesScreen", press("f10", "m")),
    Shot("repairs:RepairsScreen", press("f10", "f")),
    Shot("repair_forms:AppointDialog", press("f10", "f", "a")),
    Shot("repair_forms:DoneDialog", press("f10", "f", "d")),
    Shot("site_notices:SiteNoticesScreen", press("f10", "e")),
    Shot("site_notice_forms:NoticeDialog", press("f10", "e", "s")),
    Shot("site_notice_filed:NoticeFiledDialog", press("f10", "e", "down", "down", "i")),
    Shot("site_notice_forms:WithdrawNoticeDialog", press("f10", "e", "w")),
    Shot("site_notice_forms:HandbookDialog", press("f10", "e", "b", "h")),
    Shot("handoffs:HandoffsScreen", press("f10", "h")),
    Shot("handoff_forms:AnswerDialog", press("f10", "h", "down", "r")),
    Shot("handoff_forms:HandoffDialog", press("f10", "h", "n")),
    Shot("decisions:DecisionsScreen", press("f10", "4")),
    Shot("decisions:SettleDialog", made(a_decision)),
    Shot("outbox:OutboxScreen", press("f10", "3")),
    Shot("outbox:HandledDialog", press("f10", "3", "d")),
    Shot("outbox:WordsDialog", by("liumin", press("f10", "3", "e"))),
    Shot("mail:MailScreen", press("f10", "5")),
    Shot("mail_forms:MailDialog", made(a_letter)),
    Shot("articles:ArticlesScreen", press("f9", "\u6f0f")),
    Shot("article_view:ArticleScreen", press("f9", "enter")),
    Shot("article_forms:ArticleForm", press("f9", "tab", "e")),
    Shot("article_forms:CategoryDialog", press("f9", "tab", "f")),
    Shot("article_view:VersionsDialog", press("f9", "\u8bd5", "\u538b", "tab", "v")),
    Shot("article_misses:MissesScreen", press("f9", "tab", "m")),
    Shot("article_pick:PickArticleDialog", press("f5", "a", "ctrl+k")),
    Shot("praises:PraisesScreen", press("f10", "2")),
    Shot("praises_forms:PraiseDialog", press("f10", "2", "n")),
    Shot("praises_forms:ReturnDialog", made(a_form_returned)),
    Shot("praises_forms:SendDialog", made(who_gets_forms)),
    Shot("evaluations:EvaluationPaperScreen", press("f8", "e", "v", "p")),
    Shot("evaluations:MeansDialog", press("f8", "e", "t")),  # The view stays as the shot before has left it.
    Shot("mass:MassScreen", press("f8", "m")),
    Shot("mass_group:MassGroupScreen", press("f8", "m", "home", "enter")),
    Shot("mass_forms:MassWordsDialog", press("f8", "m", "home", "enter", "a")),
    Shot("mass_forms:AlikeDialog", press("f8", "m", "home", "enter", "+")),
    Shot("mass_forms:CauseDialog", pushed("mass_forms:CauseDialog", (1, 2, 3), "")),
    Shot("appraisals:AppraisalsScreen", press("f8", "a", "m")),
    Shot("appraisals:CloseMonthDialog", by("admin", press("f8", "a", "c"))),
    Shot("appraisal_person:AppraisalPersonScreen", press("f8", "a", "m", "enter")),
    Shot("appraisal_person:AppraisalCasesScreen", press("f8", "a", "m", "enter", "end", "enter")),
    Shot("sanctions:SanctionsScreen", press("f8", "s")),
    Shot("sanctions:PersonDialog", press("f8", "s", "w")),
    Shot("sanction:SanctionScreen", press("f8", "s", "end", "enter")),
    Shot("sanction_acts:SanctionActDialog", by("liumin", press("f8", "s", "home", "y"))),
    Shot("ledger:LedgerScreen", press("f8", "s", "l")),
    Shot("ledger:EntriesScreen", press("f8", "s", "l", "enter")),
    Shot("responsibility:ResponsibilityScreen", press("f8", "s", "home", "down", "t", "n")),
    Shot("responsibility_forms:FindingDialog", press("f8", "s", "home", "down", "t", "n", "f")),
    Shot("responsibility_forms:ResponsibleDialog", press("f8", "s", "home", "down", "t", "n", "n")),
    Shot("responsibility_forms:ApologyDialog", press("f8", "s", "home", "down", "t", "n", "a")),
    Shot("responsibility_forms:ReleaseDialog", press("f8", "s", "home", "down", "t", "n", "d")),
    Shot("sanction_forms:ProposeDialog", press("f8", "s", "home", "down", "t", "n", "p")),
    Shot("quality:QualityScreen", by("zhouqi", press("f8", "q"))),
    Shot("quality_form:ScoreDialog", by("zhouqi", press("f8", "q", "home", "enter", "2"))),
    Shot("quality_form:CoachDialog", by("zhouqi", press("f8", "q", "left", "end", "c"))),
    Shot("quality_view:QualitySampleScreen", by("zhouqi", press("f8", "q", "home", "enter"))),
    Shot("quality_results:QualityResultsScreen", by("zhouqi", press("f8", "q", "left", "r"))),
    Shot("quality_results:AgreementDialog", by("zhouqi", press("f8", "q", "left", "a"))),
    Shot("registers:RegistersScreen", press("f10", "j")),
    Shot("register_form:RegisterDialog", press("f10", "j", "n")),
    Shot("register_form:WhyDialog", by("liumin", press("f10", "j", "3", "y"))),
    Shot("register_choice:RegisterChoice", pushed("register_choice:RegisterChoice")),
    Shot("designers:DesignersScreen", press("f10", "j", "g")),
    Shot("designers:PeriodDialog", press("f10", "j", "g", "u")),
    Shot("designers:BehindScreen", press("f10", "j", "g", "t")),
    Shot("bus:BusScreen", press("f10", "b")),
    Shot("bus_forms:TripDialog", press("f10", "b", "n")),
    Shot("bus_forms:BookingDialog", press("f10", "b", "b")),
    Shot("bus_forms:ReportDialog", press("f10", "b", "r")),
    Shot("bus_forms:CancelDialog", press("f10", "b", "x")),
    Shot("bus_forms:GiveBackDialog", press("f10", "b", "enter", "x")),
    Shot("bus_forms:TripChoice", press("o", "m", "b")),
    Shot("day_plan:DayPlanScreen", press("f10", "z", "space", "space")),
    Shot("shops:ShopsScreen", press("f10", "y", "[")),
    Shot("shops_forms:ShopDialog", press("f10", "y", "e")),
    Shot("shops_forms:TurnoverDialog", press("f10", "y", "t")),
    Shot("shops_forms:DiagnosisDialog", press("f10", "y", "d")),
    Shot("shops_forms:OutcomeDialog", press("f10", "y", "5", "enter")),
    Shot("campaigns:CampaignsScreen", press("f10", "1")),
    Shot("campaign_form:CampaignDialog", press("f10", "1", "p")),
    Shot("campaigns:SureDialog", by("admin", press("f10", "1", "s"))),
    Shot("campaigns:TargetsScreen", press("f10", "1", "end", "o")),
    Shot("staff:StaffScreen", press("f10", "s")),
    Shot("staff_forms:PostDialog", by("admin", press("f10", "s", "d", "down", "down", "p", "n"))),
    *(
        Shot(f"staff_forms:{name}", by("admin", press("f10", "s", key, "n")))
        for name, key in (
            ("MemberDialog", "s"),
            ("DepartmentDialog", "d"),
            ("CategoryDialog", "c"),
            ("AccountDialog", "o"),
        )
    ),
    Shot("policy:PolicyScreen", press("f10", "p")),
    Shot("retention:RetentionScreen", press("f10", "p", "ctrl+r")),
    Shot("retention:RetentionListScreen", made(would_go)),
    Shot("outside:OutsideScreen", by("admin", press("f10", "0"))),
    Shot("programme:ProgrammeScreen", press("f10", "w", "down", "down")),
    Shot("programme_forms:RuleDialog", by("admin", press("f10", "w", "down", "down", "enter"))),
    Shot("programme_forms:ScriptDialog", by("admin", press("f10", "w", "t", "enter"))),
    Shot("site_pick:SitePickDialog", press("f10", "w", "p")),
    Shot("coverage:CoverageScreen", press("f10", "c")),
    Shot("figures:FiguresScreen", press("f8", "f", "left", "down")),
    Shot("figure_cases:FigureCasesScreen", press("f8", "f", "left", "down", "enter", "t", "t")),
    Shot("coverage_calls:CoverageCallsScreen", press("f10", "c", "end", "enter")),
    Shot("problems:ProblemsScreen", press("f8", "n", "q")),
    Shot("problem_tickets:ProblemTicketsScreen", press("f8", "n", "q", "enter")),
    Shot("problem_tickets:LostScreen", press("f8", "n", "q", "l")),
    Shot("problem_pictures:PictureScreen", press("f8", "n", "q", "h")),
    Shot("audit:AuditScreen", by("admin", sealed(press("f10", "a")))),
    Shot("audit:AuditEntryDialog", by("admin", sealed(press("f10", "a", "down", "enter")))),
    Shot("rights:RightsScreen", press("f10", "r")),
    Shot("imports:ImportScreen", press("f10", "i", "/", "x")),
    Shot("import_column:ColumnDialog", made(column_question)),
    Shot("settings:SettingsScreen", press("f10", "o")),
    Shot("settings:KeyDialog", made(key_question)),
    Shot("key_lines:FindActDialog", press("f10", "o", "slash")),
    Shot("password:PasswordDialog", press("f10", "o", "end", "enter")),
    Shot("settings:LineDialog", pushed("settings:LineDialog", "settings.motto", "")),
    Shot("more:MoreDialog", press("f10")),
    Shot("more:ReportsDialog", press("f8")),
    Shot("papers:PapersScreen", press("f8", "p")),
    Shot("paper_dialogs:KindsDialog", press("f8", "p", "n")),
    Shot("paper:PreviewScreen", press("f8", "p", "enter")),
    Shot("paper_dialogs:TextsDialog", press("f8", "p", "enter", "e")),
    Shot("paper_dialogs:IssueDialog", press("f8", "p", "enter", "i")),
    Shot("paper_dialogs:FormatDialog", press("f5", "enter", "k")),
    Shot("paper_templates:TemplatesDialog", press("f8", "p", "t")),
    Shot("paper:IssuedPaperScreen", made(an_issued_paper)),
    Shot("paper_dialogs:CorrectDialog", press("f8", "p", "tab", "enter", "c", "i")),
    Shot("paper_dialogs:RevisionsDialog", press("f8", "p", "v")),
    Shot("paper_templates:TemplateDialog", by("liumin", press("f8", "p", "t", "u"))),
    Shot("documents:DocumentsScreen", press("f10", "7")),
    Shot("document_forms:DocumentDialog", press("f10", "7", "n")),
    Shot("document:DocumentScreen", press("f10", "7", "enter")),
    Shot("document_paper:DocumentPaperScreen", press("f10", "7", "enter", "v")),
    Shot("document_forms:ItemDialog", press("f10", "7", "enter", "n")),
    Shot("document_forms:SettleDialog", press("f10", "7", "enter", "d")),
    Shot("document_forms:HandOverDialog", press("f10", "7", "enter", "h")),
    Shot("document_forms:SaveFileDialog", made(a_kept_file)),
    Shot("action_items:ActionItemsScreen", press("f10", "7", "t")),
    Shot("help:HelpDialog", press("f1")),
    Shot("guide:GuideScreen", press("f1", "o")),
    Shot("palette:PaletteDialog", press("ctrl+p")),
    Shot("trouble:TroubleScreen", made(troubled)),
    Shot("trouble:RestoreScreen", made(bringing_back)),
)


@asynccontextmanager
async def still_morning(
    language: str = "zh", size: tuple[int, int] = SIZE
) -> AsyncIterator[tuple[DeskApp, Pilot[Any]]]:
    """The console on a throw-away sample morning whose clock stands still at 09:42:10."""
    import pendulum

    from deskapp.app import DeskApp
    from deskapp.clock import StillClock
    from deskapp.config import Config
    from deskapp.services.sample import DEMO_LOGIN, found
    from deskapp.wiring import open_desk

    clock = StillClock(pendulum.datetime(2026, 11, 23, 1, 42, 10))
    with tempfile.TemporaryDirectory(prefix="deskapp-") as folder:
        config = Config(f"sqlite:///{folder}/morning.db", language, Path(folder), DEMO_LOGIN)
        desk = open_desk(config, clock=clock)
        await asyncio.to_thread(found, desk, SEED)
        desk.store.close()
        app = DeskApp(config, clock)
        with painted_at_rest():
            async with app.run_test(size=size) as pilot:
                await app.opened.wait()
                app.live.idle()
                app.live.do_chores()
                while any(not worker.is_finished for worker in app.workers):
                    await settle(app, pilot)  # However long it takes: what time brings comes before any act.
                await settle(app, pilot)
                yield app, pilot
