"""The front door: Store.read() and Store.write() give a Work, one repository a noun, one transaction each."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from random import randrange
from typing import TYPE_CHECKING, Any, Protocol
from uuid import uuid4

from pendulum import DateTime
from sqlalchemy import Connection, Engine, func, select, text

from deskapp.domain.errors import StorageFailed
from deskapp.domain.operator import Operator
from deskapp.repository.appraisals import AppraisalMonths, Appraisals
from deskapp.repository.article_search import ArticleSearch
from deskapp.repository.articles import Articles, ArticleUses, ArticleVersions, SearchMisses
from deskapp.repository.attachments import Attachments
from deskapp.repository.audit import AuditTrail
from deskapp.repository.base import insert_rows
from deskapp.repository.bulk import Bulk
from deskapp.repository.bus import Bookings, Trips
from deskapp.repository.calls import Calls
from deskapp.repository.campaigns import Campaigns, CampaignTargets
from deskapp.repository.clients import Clients, Phones
from deskapp.repository.collaboration import Notices, TicketTags, Watchers
from deskapp.repository.copy import Copy
from deskapp.repository.coverage import Coverage
from deskapp.repository.day_plans import DayPlans
from deskapp.repository.decisions import Decisions
from deskapp.repository.diagnoses import Diagnoses
from deskapp.repository.engine import DatabaseClock, Patience, connect, parse_url, storage_errors
from deskapp.repository.erasures import Erasures
from deskapp.repository.escalations import Escalations
from deskapp.repository.followups import FollowupRules, Followups, Scripts
from deskapp.repository.handoffs import Handoffs
from deskapp.repository.imports import Mappings
from deskapp.repository.inspections import Inspections
from deskapp.repository.issued_papers import IssuedPapers, PaperTemplates, PaperTexts
from deskapp.repository.live import CHANNEL, Listener, Signal, told
from deskapp.repository.macros import Macros, SavedViews
from deskapp.repository.mass_complaints import MassComplaints
from deskapp.repository.messages import Emails, Letters, Mailboxes, Messages
from deskapp.repository.notice_templates import NoticeTemplates
from deskapp.repository.office_documents import ActionItems, OfficeDocuments
from deskapp.repository.organisation import Categories, Departments, Mottos, Operators, Posts, Staff
from deskapp.repository.outbox import Post
from deskapp.repository.paper_counts import PaperCounts
from deskapp.repository.pbx_links import PbxLinks
from deskapp.repository.phrases import Phrases
from deskapp.repository.praises import Evaluations, Praises, Ratings
from deskapp.repository.prepared import Prepared
from deskapp.repository.presence import Presence
from deskapp.repository.problems import Problems
from deskapp.repository.quality import QualitySamples, QualityScores
from deskapp.repository.registers import RegisterEntries
from deskapp.repository.repairs import Repairs
from deskapp.repository.responsibilities import Findings, Responsibilities
from deskapp.repository.sanctions import SanctionEntries, Sanctions
from deskapp.repository.search import Search
from deskapp.repository.settings import Counters, Settings
from deskapp.repository.shops import Shops, Turnovers
from deskapp.repository.sign_ins import SignIns
from deskapp.repository.site_notices import Handbooks, SiteNotices, Warranties
from deskapp.repository.sites import Milestones, Payments, Sites
from deskapp.repository.submissions import Submissions
from deskapp.repository.tables import audit
from deskapp.repository.tickets import Outbox, TicketEvents, Tickets
from deskapp.repository.timeline import Timeline
from deskapp.repository.types import to_micros

if TYPE_CHECKING:
    from deskapp.repository.dumping import Dump
    from deskapp.repository.figure_cases import FigureCases
    from deskapp.repository.figures import Figures
    from deskapp.repository.retention import Retention


class Clock(Protocol):
    """Whatever tells the time."""

    def now(self) -> DateTime:
        """The present instant in UTC."""
        ...


class Work:
    """One transaction: its repositories, its time, and who is responsible for what it changes."""

    def __init__(self, connection: Connection, now: DateTime, act: str, operator: Operator | None) -> None:
        self.connection = connection
        self.dialect = connection.dialect.name
        self.now = now
        self.act = act
        self.operator = operator
        self._entries: list[tuple[Any, ...]] = []
        self._tx, self._stored = 0, 0
        self.touched = False
        """Whether anything was changed, so that other desks are told."""

    @cached_property
    def clients(self) -> Clients:
        """Client files."""
        return Clients(self)

    @cached_property
    def phones(self) -> Phones:
        """The numbers of clients."""
        return Phones(self)

    @cached_property
    def sites(self) -> Sites:
        """Sites and their people."""
        return Sites(self)

    @cached_property
    def milestones(self) -> Milestones:
        """Control points of sites."""
        return Milestones(self)

    @cached_property
    def payments(self) -> Payments:
        """Payments of sites."""
        return Payments(self)

    @cached_property
    def tickets(self) -> Tickets:
        """Tickets and their clocks."""
        return Tickets(self)

    @cached_property
    def ticket_events(self) -> TicketEvents:
        """What happened to tickets."""
        return TicketEvents(self)

    @cached_property
    def findings(self) -> Findings:
        """What was found out about tickets."""
        return Findings(self)

    @cached_property
    def responsibilities(self) -> Responsibilities:
        """Those who answer for tickets."""
        return Responsibilities(self)

    @cached_property
    def sanctions(self) -> Sanctions:
        """Penalties and rewards."""
        return Sanctions(self)

    @cached_property
    def sanction_entries(self) -> SanctionEntries:
        """The ledger of penalties and rewards."""
        return SanctionEntries(self)

    @cached_property
    def mass_complaints(self) -> MassComplaints:
        """Causes many complain of."""
        return MassComplaints(self)

    @cached_property
    def appraisal_months(self) -> AppraisalMonths:
        """Months that were appraised."""
        return AppraisalMonths(self)

    @cached_property
    def appraisals(self) -> Appraisals:
        """People's months as they were closed."""
        return Appraisals(self)

    @cached_property
    def quality_samples(self) -> QualitySamples:
        """Calls and tickets drawn to be scored."""
        return QualitySamples(self)

    @cached_property
    def quality_scores(self) -> QualityScores:
        """What scorers gave them."""
        return QualityScores(self)

    @cached_property
    def issued_papers(self) -> IssuedPapers:
        """Papers as they were issued."""
        return IssuedPapers(self)

    @cached_property
    def paper_counts(self) -> PaperCounts:
        """What papers count."""
        return PaperCounts(self)

    @cached_property
    def paper_texts(self) -> PaperTexts:
        """What people wrote for papers."""
        return PaperTexts(self)

    @cached_property
    def paper_templates(self) -> PaperTemplates:
        """The company's own templates."""
        return PaperTemplates(self)

    @cached_property
    def articles(self) -> Articles:
        """The knowledge base."""
        return Articles(self)

    @cached_property
    def article_versions(self) -> ArticleVersions:
        """Articles as they once were."""
        return ArticleVersions(self)

    @cached_property
    def article_uses(self) -> ArticleUses:
        """Who used which article for what."""
        return ArticleUses(self)

    @cached_property
    def search_misses(self) -> SearchMisses:
        """What was looked for and not found."""
        return SearchMisses(self)

    @cached_property
    def phrases(self) -> Phrases:
        """Phrases at hand."""
        return Phrases(self)

    @cached_property
    def documents(self) -> OfficeDocuments:
        """Minutes, forms and files."""
        return OfficeDocuments(self)

    @cached_property
    def action_items(self) -> ActionItems:
        """What meetings asked of people."""
        return ActionItems(self)

    @cached_property
    def macros(self) -> Macros:
        """Series of moves in one key."""
        return Macros(self)

    @cached_property
    def saved_views(self) -> SavedViews:
        """Lists as somebody narrowed them."""
        return SavedViews(self)

    @cached_property
    def erasures(self) -> Erasures:
        """Certificates of erasure."""
        return Erasures(self)

    @cached_property
    def retention(self) -> Retention:
        """What may be forgotten."""
        from deskapp.repository.retention import Retention

        return Retention(self)

    @cached_property
    def outbox(self) -> Outbox:
        """Notices waiting to be sent."""
        return Outbox(self)

    @cached_property
    def post(self) -> Post:
        """Notices on their way out, by state."""
        return Post(self)

    @cached_property
    def tags(self) -> TicketTags:
        """Tags on tickets."""
        return TicketTags(self)

    @cached_property
    def watchers(self) -> Watchers:
        """Who watches which ticket."""
        return Watchers(self)

    @cached_property
    def notices(self) -> Notices:
        """What operators are told in the console."""
        return Notices(self)

    @cached_property
    def calls(self) -> Calls:
        """The queue and the calls made."""
        return Calls(self)

    @cached_property
    def followup_rules(self) -> FollowupRules:
        """Lines of the follow-up programme."""
        return FollowupRules(self)

    @cached_property
    def scripts(self) -> Scripts:
        """What to say and to ask in follow-up calls."""
        return Scripts(self)

    @cached_property
    def followups(self) -> Followups:
        """Calls the programme demands."""
        return Followups(self)

    @cached_property
    def site_notices(self) -> SiteNotices:
        """Start and completion notices."""
        return SiteNotices(self)

    @cached_property
    def handbooks(self) -> Handbooks:
        """Project handbooks."""
        return Handbooks(self)

    @cached_property
    def warranties(self) -> Warranties:
        """Warranty files."""
        return Warranties(self)

    @cached_property
    def inspections(self) -> Inspections:
        """Inspections of sites."""
        return Inspections(self)

    @cached_property
    def attachments(self) -> Attachments:
        """Files kept with records."""
        return Attachments(self)

    @cached_property
    def repairs(self) -> Repairs:
        """Repairs beside their tickets."""
        return Repairs(self)

    @cached_property
    def handoffs(self) -> Handoffs:
        """Requests to other departments."""
        return Handoffs(self)

    @cached_property
    def ratings(self) -> Ratings:
        """Scores of trades and people."""
        return Ratings(self)

    @cached_property
    def praises(self) -> Praises:
        """Praise by name."""
        return Praises(self)

    @cached_property
    def evaluations(self) -> Evaluations:
        """Evaluation forms."""
        return Evaluations(self)

    @cached_property
    def registers(self) -> RegisterEntries:
        """Lines of the declared registers."""
        return RegisterEntries(self)

    @cached_property
    def bus_trips(self) -> Trips:
        """Trips of the viewing bus."""
        return Trips(self)

    @cached_property
    def bus_bookings(self) -> Bookings:
        """Seats kept on the bus."""
        return Bookings(self)

    @cached_property
    def shops(self) -> Shops:
        """Shops of clients."""
        return Shops(self)

    @cached_property
    def turnovers(self) -> Turnovers:
        """Turnover by month."""
        return Turnovers(self)

    @cached_property
    def diagnoses(self) -> Diagnoses:
        """Diagnoses of shops and sites."""
        return Diagnoses(self)

    @cached_property
    def day_plans(self) -> DayPlans:
        """Whom operators chose to call."""
        return DayPlans(self)

    @cached_property
    def campaigns(self) -> Campaigns:
        """Greetings and notices."""
        return Campaigns(self)

    @cached_property
    def campaign_targets(self) -> CampaignTargets:
        """Whom campaigns reach."""
        return CampaignTargets(self)

    @cached_property
    def messages(self) -> Messages:
        """Mail kept with tickets."""
        return Messages(self)

    @cached_property
    def emails(self) -> Emails:
        """Addresses clients write from."""
        return Emails(self)

    @cached_property
    def letters(self) -> Letters:
        """Mail as its lists show it."""
        return Letters(self)

    @cached_property
    def mailboxes(self) -> Mailboxes:
        """How far each mailbox has been read."""
        return Mailboxes(self)

    @cached_property
    def pbx_links(self) -> PbxLinks:
        """How each machine's connection to a telephone system stands."""
        return PbxLinks(self)

    @cached_property
    def escalations(self) -> Escalations:
        """Levels of escalation reached."""
        return Escalations(self)

    @cached_property
    def decisions(self) -> Decisions:
        """Decisions on the spot."""
        return Decisions(self)

    @cached_property
    def notice_templates(self) -> NoticeTemplates:
        """The words of notices."""
        return NoticeTemplates(self)

    @cached_property
    def departments(self) -> Departments:
        """Departments."""
        return Departments(self)

    @cached_property
    def posts(self) -> Posts:
        """Posts of departments."""
        return Posts(self)

    @cached_property
    def staff(self) -> Staff:
        """Staff by trade."""
        return Staff(self)

    @cached_property
    def operators(self) -> Operators:
        """Those who sign in."""
        return Operators(self)

    @cached_property
    def sign_ins(self) -> SignIns:
        """Attempts to sign in."""
        return SignIns(self)

    @cached_property
    def categories(self) -> Categories:
        """What is complained of."""
        return Categories(self)

    @cached_property
    def mottos(self) -> Mottos:
        """Mottos of the day."""
        return Mottos(self)

    @cached_property
    def settings(self) -> Settings:
        """Settings of the company: policy, name."""
        return Settings(self)

    @cached_property
    def counters(self) -> Counters:
        """Gapless numbers."""
        return Counters(self)

    @cached_property
    def mappings(self) -> Mappings:
        """Remembered column mappings of imports."""
        return Mappings(self)

    @cached_property
    def search(self) -> Search:
        """Find clients and tickets by whatever is typed."""
        return Search(self)

    @cached_property
    def article_search(self) -> ArticleSearch:
        """Find articles by whatever is typed, or by what a text shares with them."""
        return ArticleSearch(self)

    @cached_property
    def figures(self) -> Figures:
        """Counts and measures over tickets and calls."""
        from deskapp.repository.figures import Figures

        return Figures(self)

    @cached_property
    def figure_cases(self) -> FigureCases:
        """The cases behind a figure."""
        from deskapp.repository.figure_cases import FigureCases

        return FigureCases(self)

    @cached_property
    def problems(self) -> Problems:
        """What is complained of, and the tickets behind every bar."""
        return Problems(self)

    @cached_property
    def coverage(self) -> Coverage:
        """Follow-up coverage and the calls behind it."""
        return Coverage(self)

    @cached_property
    def timeline(self) -> Timeline:
        """Histories of clients."""
        return Timeline(self)

    @cached_property
    def audit(self) -> AuditTrail:
        """The audit trail: reading, sealing, verifying."""
        return AuditTrail(self)

    @cached_property
    def presence(self) -> Presence:
        """What is open at which desk."""
        return Presence(self)

    @cached_property
    def submissions(self) -> Submissions:
        """Keys of what desks have sent."""
        return Submissions(self)

    @cached_property
    def bulk(self) -> Bulk:
        """Rows by the hundred thousand."""
        return Bulk(self)

    @cached_property
    def dump(self) -> Dump:
        """Every table as plain rows."""
        from deskapp.repository.dumping import Dump

        return Dump(self)

    def latest(self) -> int:
        """The newest audit entry's number: a mark that moves with what is changed.

        On PostgreSQL an entry below it may be committed after it: only a Listener misses nothing.
        """
        return int(_LATEST.rows(self.connection)[0][0] or 0)

    def log(self, noun: str, record_id: int | None, act: str, changes: dict[str, Any]) -> None:
        """Write one audit entry: who did which act to what, and what changed."""
        self.log_many([(noun, record_id, act, changes)])

    def log_many(self, entries: Iterable[tuple[str, int | None, str, dict[str, Any]]]) -> None:
        """Write audit entries for many records at once; those of a transaction are stored together at its end."""
        who = self.operator
        self._tx = self._tx or time.time_ns() // 1000 << 12 | randrange(1 << 12)
        by = (self._tx, to_micros(self.now), who.id if who else None, who.name if who else "")
        prefix = f"{self.act}:" if self.act else ""
        self._entries += [
            (*by, f"{prefix}{act}", noun, record_id, changes) for noun, record_id, act, changes in entries
        ]
        if len(self._entries) >= MANY_ENTRIES:
            self._store_entries()

    @contextmanager
    def part(self, act: str) -> Iterator[Work]:
        """Do one act of several in this transaction: it fails alone, and the audit trail names it as its own."""
        self._store_entries()
        before, stored, touched = self.act, self._stored, self.touched
        self.act = act
        try:
            with storage_errors(), self.connection.begin_nested():
                yield self
                self._store_entries()
        except BaseException:
            self._entries, self._stored, self.touched = [], stored, touched
            raise
        finally:
            self.act = before

    def _store_entries(self) -> None:
        insert_rows(self.connection, audit, _AUDIT, self._entries)
        self._stored += len(self._entries)
        self._entries = []

    def finish(self, token: str) -> None:
        """Before the commit: store the audit entries, note that they wait to be sealed, tell other desks."""
        self._store_entries()
        waits = {"tx": self._tx, "entries": self._stored}
        if self.dialect != "postgresql":
            if self._stored:
                _WAITS.count(self.connection, **waits)
        elif self._stored:
            _WAITS_AND_TELLS.rows(self.connection, **waits, told=told(token, written=True))
        elif self.touched:
            _TELLS.rows(self.connection, told=told(token, written=False))


MANY_ENTRIES = 2_000
_AUDIT = ("tx", "at", "operator_id", "who", "act", "noun", "record_id", "changes")
_WAITING = "INSERT INTO audit_pending (tx, entries) VALUES (:tx, :entries)"
_TELLING = f"SELECT pg_notify('{CHANNEL}', :told)"
_WAITS, _TELLS = Prepared(text(_WAITING)), Prepared(text(_TELLING))
_WAITS_AND_TELLS = Prepared(text(f"WITH waiting AS ({_WAITING}) {_TELLING}"))
"""One way to the server instead of two, while a counter or a call is held."""
_LATEST = Prepared(select(func.max(audit.c.id)))


LEARNT_FROM = 2_000
"""Tickets and calls from which it matters by which index they are looked up."""
_NEWEST = "SELECT coalesce((SELECT max(id) FROM tickets), 0) + coalesce((SELECT max(id) FROM calls), 0)"


class Store:
    """A database, opened: read() and write() are the only ways in."""

    def __init__(
        self, url: str, clock: Clock | None = None, *, reports_url: str = "", listen_url: str = ""
    ) -> None:
        self.url = url
        self.patience = Patience()
        """How long a server may say nothing: a console does not wait for ever."""
        self.engine: Engine = connect(url, self.patience)
        self.token = uuid4().hex[:12]
        """Names this opening of the database to the others, so that a console knows its own changes."""
        self.database_clock = DatabaseClock(self.engine)
        self._learnt = 0
        self.clock: Clock = clock or self.database_clock
        self.copy = Copy(reports_url, self.engine, self.patience) if reports_url else None
        """Where reports are read, if a copy is kept for them."""
        self._listen_url = parse_url(listen_url) if listen_url else None

    @property
    def dialect(self) -> str:
        """Which engine: "sqlite" or "postgresql"."""
        return self.engine.dialect.name

    @contextmanager
    def read(self) -> Iterator[Work]:
        """Look without changing anything; one consistent snapshot on SQLite."""
        with storage_errors(), self.engine.connect() as connection:
            self.database_clock.sync(connection)
            if not connection.in_transaction():
                connection.begin()
            yield Work(connection, self.clock.now(), "", None)

    @contextmanager
    def report(self) -> Iterator[Work]:
        """Look at much: in the copy kept for reports, if there is one that serves, else as `read` does.

        A copy that is a little behind says so by its `now`: the instant it stands at.
        """
        if self.copy is None:
            with self.read() as work:
                yield work
            return
        with self.copy.read(self.clock.now()) as found:
            if found is None:
                with self.read() as work:
                    yield work
            else:
                yield Work(*found, "", None)

    @contextmanager
    def snapshot(self) -> Iterator[Work]:
        """Look at everything as it is at one moment, on either engine, however long it takes; writers go on."""
        fixed = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with self.patience.unlimited(), storage_errors(), self.engine.connect() as bare:
            options = fixed if self.dialect == "postgresql" else {}
            connection = bare.execution_options(**options)
            with connection.begin():
                yield Work(connection, self.clock.now(), "", None)

    @contextmanager
    def write(self, act: str, operator: Operator | None = None) -> Iterator[Work]:
        """Change things: all of it at a clean end, nothing on any exception."""
        with storage_errors(), self.engine.connect() as bare:
            connection = bare.execution_options(deskapp_write=True)
            self.database_clock.sync(connection)
            if connection.in_transaction():
                connection.commit()
            with connection.begin():
                work = Work(connection, self.clock.now(), act, operator)
                yield work
                work.finish(self.token)

    def listen(self, tell: Callable[[Signal], None]) -> Listener:
        """Hear from now on what any desk changes; `tell` is called in the listener's own thread."""
        listener = Listener(self.engine, self.token, tell, self._listen_url)
        listener.start()
        return listener

    def settle(self) -> None:
        """Gather the planner's statistics and tidy the file, after very much has changed."""
        with self.patience.unlimited(), storage_errors(), self.engine.connect() as bare:
            connection = bare.execution_options(isolation_level="AUTOCOMMIT")
            if self.dialect == "postgresql":
                connection.execute(text("VACUUM (ANALYZE)"))
                return
            connection.execute(text("ANALYZE"))
            connection.commit()
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def learn(self) -> bool:
        """Let SQLite look again at how its tables are filled, once they have grown by a fifth; whether it did.

        PostgreSQL does so by itself. Without it a list is looked up by the wrong index, the slower the longer the
        history is. A busy file is left for the next time.
        """
        if self.dialect != "sqlite":
            return False
        try:
            with storage_errors(), self.engine.connect() as bare:
                connection = bare.execution_options(isolation_level="AUTOCOMMIT")
                newest = int(connection.execute(text(_NEWEST)).scalar_one())
                if newest < max(LEARNT_FROM, 1.2 * self._learnt):
                    return False
                connection.exec_driver_sql("PRAGMA analysis_limit=1000")
                connection.execute(text("ANALYZE"))
                connection.commit()
        except StorageFailed:
            return False
        self._learnt = newest
        return True

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()
        if self.copy is not None:
            self.copy.close()
