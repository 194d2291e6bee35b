"""An operator's own notices, the newest first: read by page, marked read; nobody reads another's (row T15)."""

from __future__ import annotations

from collections.abc import Hashable

from deskapp.desk import Desk
from deskapp.domain.errors import NotAllowed
from deskapp.domain.notice import NoticeRow


def mark_read(desk: Desk, notice_id: int) -> bool:
    """Mark one of one's own notices as read; False when it was. NotAllowed for anybody else's."""
    own = _own(desk)
    with desk.write("prefs.save") as work:
        if work.notices.find(notice_id).operator_id != own:
            raise NotAllowed("notices.not_yours")
        return work.notices.read_one(own, notice_id, work.now)


def mark_all_read(desk: Desk, newest_id: int) -> int:
    """Mark one's own notices as read up to the newest one has seen; what came since stays unread."""
    own = _own(desk)
    with desk.write("prefs.save") as work:
        return work.notices.read_until(own, newest_id, work.now)


def _own(desk: Desk) -> int:
    if desk.operator is None or not desk.operator.id:
        raise NotAllowed("rights.refused", act="prefs.save", role="")
    return desk.operator.id


class OwnNotices:
    """The notices of who sits at a desk, and of nobody else, read page by page."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.own = desk, _own(desk)
        self.seen = 0
        """The newest notice given so far: what came since has not been seen."""

    def count(self) -> int:
        """How many there are."""
        with self.desk.read() as work:
            return work.notices.count(self.own)

    def unread(self) -> int:
        """How many are not read yet."""
        with self.desk.read() as work:
            return work.notices.unread(self.own)

    def first(self, limit: int) -> list[NoticeRow]:
        """The newest."""
        with self.desk.read() as work:
            return self._given(work.notices.newest(self.own, limit))

    def last(self, limit: int) -> list[NoticeRow]:
        """The oldest."""
        with self.desk.read() as work:
            return self._given(work.notices.newest_before(self.own, limit))

    def after(self, record: NoticeRow, limit: int) -> list[NoticeRow]:
        """The next older ones."""
        with self.desk.read() as work:
            return self._given(work.notices.newest(self.own, limit, record))

    def before(self, record: NoticeRow, limit: int) -> list[NoticeRow]:
        """The next newer ones."""
        with self.desk.read() as work:
            return self._given(work.notices.newest_before(self.own, limit, record))

    def at(self, offset: int, limit: int) -> list[NoticeRow]:
        """Those at a place in the middle."""
        with self.desk.read() as work:
            return self._given(work.notices.newest_at(self.own, offset, limit))

    def _given(self, rows: list[NoticeRow]) -> list[NoticeRow]:
        self.seen = max([self.seen, *(row.notice.id for row in rows)])
        return rows

    def key(self, record: NoticeRow) -> Hashable:
        """A notice stays itself."""
        return record.notice.id
