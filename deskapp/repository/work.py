"""The front door: Store.read() and Store.write() give a Work, one repository a noun, one transaction each."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from random import randrange
from typing import TYPE_CHECKING, Any, Protocol
from uuid import uuid4

from pendulum import DateTime
from sqlalchemy import Connection, Engine, func, select, text

from deskapp.domain.errors import StorageFailed
from deskapp.domain.operator import Operator
from deskapp.repository.base import insert_rows
from deskapp.repository.copy import Copy
from deskapp.repository.engine import DatabaseClock, Patience, connect, parse_url, storage_errors
from deskapp.repository.instants import to_micros
from deskapp.repository.live import CHANNEL, Listener, Signal, told
from deskapp.repository.noun import Noun
from deskapp.repository.prepared import Prepared
from deskapp.repository.tables import audit

if TYPE_CHECKING:
    from deskapp.repository.appraisals import AppraisalMonths, Appraisals
    from deskapp.repository.article_search import ArticleSearch
    from deskapp.repository.articles import Articles, ArticleUses, ArticleVersions, SearchMisses
    from deskapp.repository.attachments import Attachments
    from deskapp.repository.audit import AuditTrail
    from deskapp.repository.bulk import Bulk
    from deskapp.repository.bus import Bookings, Trips
    from deskapp.repository.calls import Calls
    from deskapp.repository.campaigns import Campaigns, CampaignTargets
    from deskapp.repository.clients import Clients, Phones
    from deskapp.repository.clock_strip import ClockStrip
    from deskapp.repository.collaboration import Notices, TicketTags, Watchers
    from deskapp.repository.coverage import Coverage
    from deskapp.repository.day_plans import DayPlans
    from deskapp.repository.decisions import Decisions
    from deskapp.repository.diagnoses import Diagnoses
    from deskapp.repository.dumping import Dump
    from deskapp.repository.erasures import Erasures
    from deskapp.repository.escalations import Escalations
    from deskapp.repository.figure_cases import FigureCases
    from deskapp.repository.figures import Figures
    from deskapp.repository.followups import FollowupRules, Followups, Scripts
    from deskapp.repository.handoffs import Handoffs
    from deskapp.repository.imports import Mappings
    from deskapp.repository.inspections import Inspections
    from deskapp.repository.issued_papers import IssuedPapers, PaperTemplates, PaperTexts
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
    from deskapp.repository.presence import Presence
    from deskapp.repository.problems import Problems
    from deskapp.repository.quality import QualitySamples, QualityScores
    from deskapp.repository.registers import RegisterEntries
    from deskapp.repository.repairs import Repairs
    from deskapp.repository.responsibilities import Findings, Responsibilities
    from deskapp.repository.retention import Retention
    from deskapp.repository.sanctions import SanctionEntries, Sanctions
    from deskapp.repository.search import Search
    from deskapp.repository.settings import Counters, Settings
    from deskapp.repository.shops import Shops, Turnovers
    from deskapp.repository.sign_ins import SignIns
    from deskapp.repository.site_notices import Handbooks, SiteNotices, Warranties
    from deskapp.repository.sites import Milestones, Payments, Sites
    from deskapp.repository.submissions import Submissions
    from deskapp.repository.tickets import Outbox, TicketEvents, Tickets
    from deskapp.repository.timeline import Timeline


class Clock(Protocol):
    """Whatever tells the time."""

    def now(self) -> DateTime:
        """The present instant in UTC."""
        ...


class Work:
    """One transaction: its repositories, its time, and who is responsible for what it changes."""

    clients: Noun[Clients] = Noun("clients:Clients")
    """Client files."""
    phones: Noun[Phones] = Noun("clients:Phones")
    """The numbers of clients."""
    sites: Noun[Sites] = Noun("sites:Sites")
    """Sites and their people."""
    milestones: Noun[Milestones] = Noun("sites:Milestones")
    """Control points of sites."""
    payments: Noun[Payments] = Noun("sites:Payments")
    """Payments of sites."""
    tickets: Noun[Tickets] = Noun("tickets:Tickets")
    """Tickets and their clocks."""
    clock_strip: Noun[ClockStrip] = Noun("clock_strip:ClockStrip")
    """The most urgent clock, and how many are due."""
    ticket_events: Noun[TicketEvents] = Noun("tickets:TicketEvents")
    """What happened to tickets."""
    findings: Noun[Findings] = Noun("responsibilities:Findings")
    """What was found out about tickets."""
    responsibilities: Noun[Responsibilities] = Noun("responsibilities:Responsibilities")
    """Those who answer for tickets."""
    sanctions: Noun[Sanctions] = Noun("sanctions:Sanctions")
    """Penalties and rewards."""
    sanction_entries: Noun[SanctionEntries] = Noun("sanctions:SanctionEntries")
    """The ledger of penalties and rewards."""
    mass_complaints: Noun[MassComplaints] = Noun("mass_complaints:MassComplaints")
    """Causes many complain of."""
    appraisal_months: Noun[AppraisalMonths] = Noun("appraisals:AppraisalMonths")
    """Months that were appraised."""
    appraisals: Noun[Appraisals] = Noun("appraisals:Appraisals")
    """People's months as they were closed."""
    quality_samples: Noun[QualitySamples] = Noun("quality:QualitySamples")
    """Calls and tickets drawn to be scored."""
    quality_scores: Noun[QualityScores] = Noun("quality:QualityScores")
    """What scorers gave them."""
    issued_papers: Noun[IssuedPapers] = Noun("issued_papers:IssuedPapers")
    """Papers as they were issued."""
    paper_counts: Noun[PaperCounts] = Noun("paper_counts:PaperCounts")
    """What papers count."""
    paper_texts: Noun[PaperTexts] = Noun("issued_papers:PaperTexts")
    """What people wrote for papers."""
    paper_templates: Noun[PaperTemplates] = Noun("issued_papers:PaperTemplates")
    """The company's own templates."""
    articles: Noun[Articles] = Noun("articles:Articles")
    """The knowledge base."""
    article_versions: Noun[ArticleVersions] = Noun("articles:ArticleVersions")
    """Articles as they once were."""
    article_uses: Noun[ArticleUses] = Noun("articles:ArticleUses")
    """Who used which article for what."""
    search_misses: Noun[SearchMisses] = Noun("articles:SearchMisses")
    """What was looked for and not found."""
    phrases: Noun[Phrases] = Noun("phrases:Phrases")
    """Phrases at hand."""
    documents: Noun[OfficeDocuments] = Noun("office_documents:OfficeDocuments")
    """Minutes, forms and files."""
    action_items: Noun[ActionItems] = Noun("office_documents:ActionItems")
    """What meetings asked of people."""
    macros: Noun[Macros] = Noun("macros:Macros")
    """Series of moves in one key."""
    saved_views: Noun[SavedViews] = Noun("macros:SavedViews")
    """Lists as somebody narrowed them."""
    erasures: Noun[Erasures] = Noun("erasures:Erasures")
    """Certificates of erasure."""
    retention: Noun[Retention] = Noun("retention:Retention")
    """What may be forgotten."""
    outbox: Noun[Outbox] = Noun("tickets:Outbox")
    """Notices waiting to be sent."""
    post: Noun[Post] = Noun("outbox:Post")
    """Notices on their way out, by state."""
    tags: Noun[TicketTags] = Noun("collaboration:TicketTags")
    """Tags on tickets."""
    watchers: Noun[Watchers] = Noun("collaboration:Watchers")
    """Who watches which ticket."""
    notices: Noun[Notices] = Noun("collaboration:Notices")
    """What operators are told in the console."""
    calls: Noun[Calls] = Noun("calls:Calls")
    """The queue and the calls made."""
    followup_rules: Noun[FollowupRules] = Noun("followups:FollowupRules")
    """Lines of the follow-up programme."""
    scripts: Noun[Scripts] = Noun("followups:Scripts")
    """What to say and to ask in follow-up calls."""
    followups: Noun[Followups] = Noun("followups:Followups")
    """Calls the programme demands."""
    site_notices: Noun[SiteNotices] = Noun("site_notices:SiteNotices")
    """Start and completion notices."""
    handbooks: Noun[Handbooks] = Noun("site_notices:Handbooks")
    """Project handbooks."""
    warranties: Noun[Warranties] = Noun("site_notices:Warranties")
    """Warranty files."""
    inspections: Noun[Inspections] = Noun("inspections:Inspections")
    """Inspections of sites."""
    attachments: Noun[Attachments] = Noun("attachments:Attachments")
    """Files kept with records."""
    repairs: Noun[Repairs] = Noun("repairs:Repairs")
    """Repairs beside their tickets."""
    handoffs: Noun[Handoffs] = Noun("handoffs:Handoffs")
    """Requests to other departments."""
    ratings: Noun[Ratings] = Noun("praises:Ratings")
    """Scores of trades and people."""
    praises: Noun[Praises] = Noun("praises:Praises")
    """Praise by name."""
    evaluations: Noun[Evaluations] = Noun("praises:Evaluations")
    """Evaluation forms."""
    registers: Noun[RegisterEntries] = Noun("registers:RegisterEntries")
    """Lines of the declared registers."""
    bus_trips: Noun[Trips] = Noun("bus:Trips")
    """Trips of the viewing bus."""
    bus_bookings: Noun[Bookings] = Noun("bus:Bookings")
    """Seats kept on the bus."""
    shops: Noun[Shops] = Noun("shops:Shops")
    """Shops of clients."""
    turnovers: Noun[Turnovers] = Noun("shops:Turnovers")
    """Turnover by month."""
    diagnoses: Noun[Diagnoses] = Noun("diagnoses:Diagnoses")
    """Diagnoses of shops and sites."""
    day_plans: Noun[DayPlans] = Noun("day_plans:DayPlans")
    """Whom operators chose to call."""
    campaigns: Noun[Campaigns] = Noun("campaigns:Campaigns")
    """Greetings and notices."""
    campaign_targets: Noun[CampaignTargets] = Noun("campaigns:CampaignTargets")
    """Whom campaigns reach."""
    messages: Noun[Messages] = Noun("messages:Messages")
    """Mail kept with tickets."""
    emails: Noun[Emails] = Noun("messages:Emails")
    """Addresses clients write from."""
    letters: Noun[Letters] = Noun("messages:Letters")
    """Mail as its lists show it."""
    mailboxes: Noun[Mailboxes] = Noun("messages:Mailboxes")
    """How far each mailbox has been read."""
    pbx_links: Noun[PbxLinks] = Noun("pbx_links:PbxLinks")
    """How each machine's connection to a telephone system stands."""
    escalations: Noun[Escalations] = Noun("escalations:Escalations")
    """Levels of escalation reached."""
    decisions: Noun[Decisions] = Noun("decisions:Decisions")
    """Decisions on the spot."""
    notice_templates: Noun[NoticeTemplates] = Noun("notice_templates:NoticeTemplates")
    """The words of notices."""
    departments: Noun[Departments] = Noun("organisation:Departments")
    """Departments."""
    posts: Noun[Posts] = Noun("organisation:Posts")
    """Posts of departments."""
    staff: Noun[Staff] = Noun("organisation:Staff")
    """Staff by trade."""
    operators: Noun[Operators] = Noun("organisation:Operators")
    """Those who sign in."""
    sign_ins: Noun[SignIns] = Noun("sign_ins:SignIns")
    """Attempts to sign in."""
    categories: Noun[Categories] = Noun("organisation:Categories")
    """What is complained of."""
    mottos: Noun[Mottos] = Noun("organisation:Mottos")
    """Mottos of the day."""
    settings: Noun[Settings] = Noun("settings:Settings")
    """Settings of the company: policy, name."""
    counters: Noun[Counters] = Noun("settings:Counters")
    """Gapless numbers."""
    mappings: Noun[Mappings] = Noun("imports:Mappings")
    """Remembered column mappings of imports."""
    search: Noun[Search] = Noun("search:Search")
    """Find clients and tickets by whatever is typed."""
    article_search: Noun[ArticleSearch] = Noun("article_search:ArticleSearch")
    """Find articles by whatever is typed, or by what a text shares with them."""
    figures: Noun[Figures] = Noun("figures:Figures")
    """Counts and measures over tickets and calls."""
    figure_cases: Noun[FigureCases] = Noun("figure_cases:FigureCases")
    """The cases behind a figure."""
    problems: Noun[Problems] = Noun("problems:Problems")
    """What is complained of, and the tickets behind every bar."""
    coverage: Noun[Coverage] = Noun("coverage:Coverage")
    """Follow-up coverage and the calls behind it."""
    timeline: Noun[Timeline] = Noun("timeline:Timeline")
    """Histories of clients."""
    audit: Noun[AuditTrail] = Noun("audit:AuditTrail")
    """The audit trail: reading, sealing, verifying."""
    presence: Noun[Presence] = Noun("presence:Presence")
    """What is open at which desk."""
    submissions: Noun[Submissions] = Noun("submissions:Submissions")
    """Keys of what desks have sent."""
    bulk: Noun[Bulk] = Noun("bulk:Bulk")
    """Rows by the hundred thousand."""
    dump: Noun[Dump] = Noun("dumping:Dump")
    """Every table as plain rows."""

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
FEW_VALUES = ("ix_tickets_kind_received_at", "ix_tickets_open_kind", "ix_calls_open")
"""Indexes that begin with a kind: from a thousand entries SQLite would think that no kind has more than those."""
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
        at_once = {"isolation_level": "AUTOCOMMIT"} if self.dialect == "postgresql" else {}
        self._looking = self.engine.execution_options(**at_once)
        """For reading: where a transaction gives no snapshot, to begin and end one would be two ways to the server."""
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
        with storage_errors(), self._looking.connect() as connection:
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
                connection.exec_driver_sql("PRAGMA analysis_limit=0")
                for index in FEW_VALUES:
                    connection.exec_driver_sql(f"ANALYZE {index}")
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
