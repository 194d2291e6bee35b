"""Every figure counted again in plain Python over the rows as they are stored: no SQL, no code of the figures."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from statistics import mean, median
from typing import Any
from zoneinfo import ZoneInfo

DAY = timedelta(hours=24)


@dataclass
class Rows:
    """All there is, as it was read out."""

    tickets: list[Any] = field(default_factory=list)
    events: list[Any] = field(default_factory=list)
    calls: list[Any] = field(default_factory=list)
    sites: list[Any] = field(default_factory=list)
    clients: list[Any] = field(default_factory=list)
    phones: list[Any] = field(default_factory=list)
    followups: list[Any] = field(default_factory=list)
    inspections: list[Any] = field(default_factory=list)
    papers: list[Any] = field(default_factory=list)
    staff: list[Any] = field(default_factory=list)
    operators: list[Any] = field(default_factory=list)
    categories: list[Any] = field(default_factory=list)
    evaluations: list[Any] = field(default_factory=list)
    ratings: list[Any] = field(default_factory=list)


def rows_of(desk) -> Rows:
    """Read everything out."""
    with desk.read() as work:
        return Rows(
            work.tickets.all(),
            work.ticket_events.all(),
            work.calls.all(),
            work.sites.all(),
            work.clients.all(),
            work.phones.all(),
            work.followups.all(),
            work.inspections.all(),
            work.issued_papers.all(),
            work.staff.all(),
            work.operators.all(),
            work.categories.all(),
            work.evaluations.all(),
            work.ratings.all(),
        )


@dataclass
class Recounted:
    """Who is counted, of whom, and the seconds each took; records by their ids."""

    top: list[int]
    bottom: list[int]
    seconds: list[float] | None = None

    def value(self, how: str) -> float | None:
        if how == "count":
            return len(self.top)
        if how == "share":
            return 100 * len(self.top) / len(self.bottom) if self.bottom else None
        if not self.seconds:
            return None
        return mean(self.seconds) if how == "mean" else median(self.seconds)


class Recount:
    """The figures of a period, one method a family."""

    def __init__(self, rows: Rows, first: date, last: date, zone: str, now: datetime, policy: Any) -> None:
        self.rows, self.now, self.policy = rows, now, policy
        self.first, self.last = first, last
        self.zone = ZoneInfo(zone)
        self.today = now.astimezone(self.zone).date()
        self.clients = {c.id: c for c in rows.clients}
        self.reached = {p.client_id for p in rows.phones}
        self.events: dict[int, list[Any]] = {}
        for event in rows.events:
            self.events.setdefault(event.ticket_id, []).append(event)
        self.of_client: dict[int, list[Any]] = {}
        for ticket in self.complaints():
            self.of_client.setdefault(ticket.client_id, []).append(ticket)

    def inside(self, instant) -> bool:
        """By the calendar of the wall, not by instants: another way than the figures go."""
        return instant is not None and self.first <= instant.astimezone(self.zone).date() <= self.last

    def figures(self) -> dict[tuple[str, str], Recounted]:
        """Every measure and formula."""
        found = self.received() | self.ended() | self.closed() | self.on_calls() | self.solved_at_once()
        return (
            found | self.planned() | self.on_sites() | self.inspected() | self.on_papers() | self.on_forms()
        )

    def received(self):
        mine = [t for t in self.complaints() if self.inside(t.received_at)]
        kept = [t for t in mine if t.state != "withdrawn"]
        answered = [t for t in kept if t.responded_at]
        waiting = [
            t for t in kept if not t.responded_at and t.state in ("received", "dispatched", "reopened")
        ]
        silent = [t for t in kept if not t.responded_at and t not in waiting]
        late = [t for t in waiting if self.overdue(t)]
        day_over = [t for t in waiting if self.now - t.received_at > DAY]
        took = [(t.responded_at - t.received_at).total_seconds() for t in answered]
        end = lambda t: t.resolved_at or t.closed_at  # noqa: E731
        due = [t for t in kept if t.due_at and (end(t) or t.due_at < self.now)]
        quick = [t for t in answered if t.responded_at - t.received_at <= DAY]
        return {
            ("received", ""): share(mine, mine),
            ("response_met", ""): share(
                [t for t in answered if t.respond_by and t.responded_at <= t.respond_by],
                answered + silent + late,
            ),
            ("response_24h", ""): share(quick, answered + silent + day_over),
            ("response_mean", ""): timed(answered, took),
            ("response_median", ""): timed(answered, took),
            ("resolved_met", ""): share([t for t in due if end(t) and end(t) <= t.due_at], due),
            ("repeat_rate", ""): share([t for t in kept if self.repeats(t)], kept),
        }

    def complaints(self):
        return [t for t in self.rows.tickets if t.kind == "complaint" and t.state != "merged"]

    def overdue(self, t) -> bool:
        return t.respond_by is not None and t.respond_by < min(filter(None, (t.paused_since, self.now)))

    def repeats(self, t) -> bool:
        client = self.clients[t.client_id]
        if not client.named and client.id not in self.reached:
            return False
        for other in self.of_client[t.client_id]:
            if other.state == "withdrawn":
                continue
            if (other.received_at, other.id) >= (t.received_at, t.id):
                continue
            if t.received_at - other.received_at > self.policy.repeat_days * DAY:
                continue
            if t.site_id and other.site_id and t.site_id != other.site_id:
                continue
            if t.category_id:
                if t.category_id == other.category_id:
                    return True
            elif t.category and t.category == other.category:
                return True
        return False

    def ended(self):
        mine = [
            t
            for t in self.complaints()
            if t.state != "withdrawn" and self.inside(t.resolved_at or t.closed_at)
        ]
        took = [((t.resolved_at or t.closed_at) - t.received_at).total_seconds() for t in mine]
        return {(f"resolution_{how}", ""): timed(mine, took) for how in ("mean", "median")}

    def closed(self):
        found = {}
        for code, kind in (("closed", "closed"), ("resolved", "resolved")):
            bottom, top = [], []
            for t in self.complaints():
                events = self.events.get(t.id, [])
                ends = [e.at for e in events if e.kind == kind and self.inside(e.at)]
                again = [e.at for e in events if e.kind == "reopened"]
                if ends:
                    bottom.append(t)
                    limit = self.policy.reopened_days * DAY
                    if any(timedelta(0) <= back - end <= limit for end in ends for back in again):
                        top.append(t)
            found["reopened", code] = share(top, bottom)
        return found

    def on_calls(self):
        mine = [c for c in self.rows.calls if self.inside(c.ended_at)]
        taken = [c for c in mine if c.kind == "inbound" and c.state == "done"]
        left = [c for c in mine if c.kind == "inbound" and c.state == "abandoned"]
        quick = lambda calls: [c for c in calls if c.wait_s is not None and c.wait_s <= 20]  # noqa: E731
        patient = [c for c in left if c not in quick(left)]
        waited = [c for c in taken if c.wait_s is not None]
        talked = [
            c
            for c in mine
            if c.state in ("done", "given_up")
            and c.outcome in ("reached", "call_back", "refused")
            and c.talk_s is not None
        ]
        asked = [c for c in mine if (c.verifies or c.follows_up) and over(c)]
        scored = [c for c in asked if c.score is not None]
        return {
            ("offered", ""): share(taken + left, taken + left),
            ("service_level", "offered"): share(quick(taken), taken + left),
            ("service_level", "answered"): share(quick(taken), taken),
            ("service_level", "both"): share(quick(taken) + quick(left), taken + left),
            ("service_level", "patient"): share(quick(taken), taken + patient),
            ("abandoned", ""): share(left, taken + left),
            ("speed_of_answer", ""): timed(waited, [c.wait_s for c in waited]),
            ("handling_time", ""): timed(talked, [handling(c) for c in talked]),
            ("satisfaction", ""): share([c for c in scored if c.score in (4, 5)], scored),
            ("answer_rate", ""): share(scored, asked),
        }

    def solved_at_once(self):
        inbound = [c for c in self.rows.calls if c.kind == "inbound"]
        contacts = [c for c in inbound if c.state == "done" and c.client_id and self.inside(c.ended_at)]
        top = []
        for c in contacts:
            limit = c.ended_at + self.policy.contact_days * DAY
            back = [
                o
                for o in inbound
                if o.id != c.id and o.client_id == c.client_id and c.due_at <= o.due_at <= limit
            ]
            ticket = next((t for t in self.rows.tickets if t.id == c.ticket_id), None)
            solved = ticket is None or (
                ticket.received_at >= c.due_at
                and ticket.resolved_at is not None
                and ticket.resolved_at <= c.ended_at
            )
            if solved and not back:
                top.append(c)
        return {("first_contact", ""): share(top, contacts)}

    def planned(self):
        mine = [f for f in self.rows.followups if self.first <= f.due_on <= self.last]
        due = [
            f
            for f in mine
            if f.state in ("done", "missed") or (f.state in ("planned", "queued") and f.due_on < self.today)
        ]
        done = [f for f in due if f.state == "done" and f.done_on <= f.due_on]
        return {("followups_done", ""): share(done, due)}

    def on_sites(self):
        active = [s for s in self.rows.sites if self.worked(s)]
        with_complaint = {
            t.site_id for t in self.complaints() if t.state != "withdrawn" and self.inside(t.received_at)
        }
        return {
            ("complaint_rate", ""): share([s for s in active if s.id in with_complaint], active),
            ("records_complete", ""): share([s for s in active if self.is_complete(s)], active),
        }

    def worked(self, s) -> bool:
        if s.stage == "cancelled":
            return False
        begun = s.start_date or (s.created_at and s.created_at.astimezone(self.zone).date())
        if begun is None or begun > self.last:
            return False
        return s.completed_on >= self.first if s.completed_on else s.stage in ("building", "midterm")

    def is_complete(self, s) -> bool:
        client, number = self.clients[s.client_id], s.client_id in self.reached
        filled = (s.address, s.start_date, s.designer_id, s.supervisor_id, s.manager_id)
        return bool(client.named and client.name and number and all(filled))

    def inspected(self):
        mine = [i for i in self.rows.inspections if self.first <= i.done_on <= self.last]
        return {("quality_passed", ""): share([i for i in mine if i.verdict == "ok"], mine)}

    def on_papers(self):
        mine = [
            p
            for p in self.rows.papers
            if p.revision == 1 and p.due_on and self.first <= p.due_on <= self.last
        ]
        deadline = lambda p: datetime.combine(p.due_on + timedelta(1), time(), self.zone)  # noqa: E731
        return {("papers_on_time", ""): share([p for p in mine if p.issued_at < deadline(p)], mine)}

    def on_forms(self):
        within = lambda day: day is not None and self.first <= day <= self.last  # noqa: E731
        sent = [e for e in self.rows.evaluations if within(e.sent_on)]
        back = [e for e in self.rows.evaluations if within(e.returned_on)]
        ids = {e.id for e in back}
        scores = [r for r in self.rows.ratings if r.source == "evaluation" and r.source_id in ids]
        return {
            ("forms_sent", ""): share(sent, sent),
            ("forms_back", ""): share([e for e in sent if e.returned_on], sent),
            ("forms_returned", ""): share(back, back),
            ("forms_mean", ""): timed(scores, [r.score for r in scores]),
        }

    def part_of(self, family: str, by: str, record: Any) -> Any:
        """Which group of a slice a record is in."""
        if family == "calls" and by == "department":
            operator = next((o for o in self.rows.operators if o.id == record.taken_by), None)
            member = next((s for s in self.rows.staff if operator and s.id == operator.staff_id), None)
            return member.department_id if member else None
        if by == "operator":
            field_name = {"ended": "resolved_by", "calls": "taken_by", "followups": "done_by"}
            return getattr(record, field_name.get(family, "issued_by" if family == "papers" else "filed_by"))
        if family == "scores" and by == "trade":
            return record.trade or None
        if by == "trade":
            member = next((s for s in self.rows.staff if s.id == record.responsible_id), None)
            category = next((c for c in self.rows.categories if c.id == record.category_id), None)
            return (member and member.trade) or (category and category.trade) or None
        if by == "category":
            return record.category_id or record.category or None
        if by == "site":
            return record.id if family == "sites" else record.site_id
        return record.department_id


def share(top, bottom) -> Recounted:
    return Recounted([r.id for r in top], [r.id for r in bottom])


def timed(records, seconds) -> Recounted:
    ids = [r.id for r in records]
    return Recounted(ids, ids, [float(one) for one in seconds])


def over(c) -> bool:
    return c.state == "given_up" or (
        c.state == "done" and c.outcome in ("reached", "refused", "wrong_number")
    )


def handling(c) -> float:
    spoken = (c.talk_s or 0) + (c.hold_s or 0)
    busy = (c.ended_at - c.started_at).total_seconds() if c.started_at else 0
    return max(spoken, busy)
