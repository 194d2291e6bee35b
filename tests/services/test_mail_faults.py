"""Mail servers down, slow, cut off, repeating and lying: work goes on, one line says so, nothing is lost or doubled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from email import message_from_bytes

import pytest

from deskapp import i18n
from deskapp.adapters import imap, smtp
from deskapp.clock import StillClock
from deskapp.desk import Desk
from deskapp.domain.mail import LEASE_S, as_kept, from_kept
from deskapp.domain.message import Message
from deskapp.i18n.errors import in_words
from deskapp.services import mail, mail_out, outside
from deskapp.services.frame import frame_facts
from tests import builders
from tests.mail_scripts import HangUp, ScriptedImap, ScriptedSmtp, imap_following, smtp_following
from tests.mail_servers import PASSWORD, free_port, mail_at
from tests.services.test_mail import a_letter
from tests.services.test_mail_out import ANSWER

pytestmark = [
    pytest.mark.row("C6", "P3"),
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
]
SUBJECTS = ["一", "二", "三"]
Says = Callable[[bytes, bytes], bytes | None]


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that says nothing is not waited for long."""
    monkeypatch.setenv("DESKAPP_IMAP_PASSWORD", PASSWORD)
    monkeypatch.setattr(imap, "TIMEOUT_S", 0.3)
    monkeypatch.setattr(smtp, "TIMEOUT_S", 0.3)


@pytest.fixture
def box(desk: Desk) -> Iterator[ScriptedImap]:
    """A mailbox with three letters, and a company that knows it."""
    letters = {number: a_letter(subject) for number, subject in enumerate(SUBJECTS, 1)}
    with imap_following(ScriptedImap(letters)) as server:
        outside.save_outside(desk, mail_at(imap=server.port))
        yield server


def wrong(desk: Desk) -> str:
    """Fetch; the code of what is wrong, which is one line in either language, and which the frame tells of."""
    failed = from_kept(mail.fetch(desk, at_once=True).error)
    assert mail.standing(desk).error == ("" if failed is None else as_kept(failed))
    assert frame_facts(desk).mailbox_wrong is (failed is not None)
    if failed is None:
        return ""
    for language in ("en", "zh"):
        i18n.use(language)
        said = in_words(failed)
        assert "⟦" not in said and "\n" not in said and PASSWORD not in said, said
        assert "127.0.0.1" in said
    return failed.code


def subjects(desk: Desk) -> list[str]:
    """What was taken, in that order."""
    with desk.read() as work:
        return [one.subject for one in work.messages.all()]


def cut(tag: bytes, rest: bytes) -> bytes:
    """Hang up."""
    raise HangUp


def silent(tag: bytes, rest: bytes) -> None:
    """Say nothing any more."""


def saying(words: bytes) -> Says:
    """Say this, whatever was asked."""
    return lambda tag, rest: words.replace(b"{tag}", tag)


def on_second(box: ScriptedImap, then: Callable[[bytes], bytes]) -> Says:
    """Answer honestly until the whole second letter is asked for."""

    def says(tag: bytes, rest: bytes) -> bytes:
        if b"FETCH 2 " in rest and b"PEEK[]" in rest:
            return then(tag)
        return box.plain("FETCH", tag, rest)

    return says


@pytest.mark.parametrize(
    ("command", "says", "code"),
    [
        ("LOGIN", saying(b"{tag} NO [AUTHENTICATIONFAILED] no\r\n"), "mail.login"),
        ("LOGIN", silent, "mail.lost"),
        ("LOGIN", cut, "mail.lost"),
        ("EXAMINE", saying(b"{tag} NO no such folder\r\n"), "mail.folder"),
        ("EXAMINE", cut, "mail.lost"),
        ("SEARCH", silent, "mail.lost"),
        ("SEARCH", saying(b"\x16\x03\x01 nonsense\r\n"), "mail.lost"),
        ("SEARCH", saying(b"{tag} BAD what\r\n"), "mail.lost"),
        ("FETCH", cut, "mail.lost"),
        ("FETCH", saying(b"{tag} NO not now\r\n"), "mail.lost"),
        ("FETCH", saying(b"{tag} OK done\r\n"), "mail.lost"),
    ],
)
def test_a_mailbox_that_fails_at_any_step_loses_nothing(
    desk: Desk, box: ScriptedImap, command: str, says: Says, code: str
) -> None:
    box.says[command] = says
    assert wrong(desk) == code
    builders.a_complaint(desk)
    assert subjects(desk) == []
    box.says.clear()
    assert wrong(desk) == ""
    assert subjects(desk) == SUBJECTS
    assert wrong(desk) == ""
    assert subjects(desk) == SUBJECTS, "and nothing is taken twice"


@pytest.mark.parametrize(
    "then",
    [
        lambda tag: cut(tag, b""),
        lambda tag: b"* 2 FETCH (UID 2 BODY[] {500}\r\nFrom: a@b.cn\r\nSubject: half",
        lambda tag: b"* 2 FETCH (UID 2 BODY[] {99999999999}\r\n" + tag + b" OK done\r\n",
        lambda tag: b"* 2 FETCH (UID 2 BODY[] {-7}\r\nx)\r\n" + tag + b" OK done\r\n",
        lambda tag: b"* 3 FETCH (UID 3 BODY[] {4}\r\nelse)\r\n" + tag + b" OK done\r\n",
        lambda tag: b"* 2 FETCH (UID 2 FLAGS (\\Seen))\r\n" + tag + b" OK done\r\n",
        lambda tag: b"* BYE going down\r\n",
    ],
    ids=["cut", "half", "huge literal", "negative literal", "another", "no body", "bye"],
)
def test_cut_within_a_letter_what_came_before_is_kept_and_the_rest_comes_later(
    desk: Desk, box: ScriptedImap, then: Callable[[bytes], bytes]
) -> None:
    box.says["FETCH"] = on_second(box, then)
    assert wrong(desk) == "mail.lost"
    assert subjects(desk) == SUBJECTS[:1]
    box.says.clear()
    assert wrong(desk) == ""
    assert subjects(desk) == SUBJECTS


def test_a_mailbox_that_is_down_costs_nobody_anything_else(desk: Desk) -> None:
    outside.save_outside(desk, mail_at(imap=free_port()))
    assert wrong(desk) == "mail.unreachable"
    failed = from_kept(mail.standing(desk).error)
    assert failed is not None
    assert in_words(failed).endswith(":主机在,但没有邮件服务"), "in Chinese to the end"
    assert builders.a_complaint(desk).number == "TS20261123-0001"


def test_a_server_that_always_says_a_little_is_hung_up_on(
    desk: Desk, box: ScriptedImap, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No single silence is long enough to be noticed; all of it together is."""
    monkeypatch.setattr(imap, "TIMEOUT_S", 30)
    monkeypatch.setattr(imap, "LONGEST_S", 0.3)
    box.says["SEARCH"] = silent
    assert wrong(desk) == "mail.lost"
    box.says.clear()
    monkeypatch.setattr(imap, "LONGEST_S", 30)
    assert wrong(desk) == ""
    assert subjects(desk) == SUBJECTS


def test_encryption_one_side_does_not_speak_is_said(desk: Desk, box: ScriptedImap) -> None:
    settings = mail_at(imap=box.port)
    for way in ("tls", "starttls"):
        outside.save_outside(desk, replace(settings, imap_tls=way))
        assert wrong(desk) == "mail.tls"
    outside.save_outside(desk, settings)
    assert wrong(desk) == ""
    assert subjects(desk) == SUBJECTS


def test_uids_and_numbers_nobody_could_have_are_passed_over(desk: Desk, box: ScriptedImap) -> None:
    box.says["SEARCH"] = saying(b"* SEARCH 0 -1 x 1 99999999999999999999 1 2\r\n{tag} OK done\r\n")
    box.says["EXAMINE"] = saying(b"* OK [UIDVALIDITY 99999999999999999999] x\r\n{tag} OK done\r\n")
    assert wrong(desk) == ""
    assert subjects(desk) == SUBJECTS[:2]


def test_the_flags_of_other_letters_are_no_answer_to_ours(desk: Desk, box: ScriptedImap) -> None:
    others = b"* 9 FETCH (UID 9 FLAGS (\\Seen))\r\n* 9 FETCH (UID 9 BODY[] {4}\r\nelse)\r\n"
    box.says["FETCH"] = lambda tag, rest: others + box.plain("FETCH", tag, rest)
    assert wrong(desk) == ""
    assert subjects(desk) == SUBJECTS


def test_emptied_repeated_and_counted_anew(desk: Desk, box: ScriptedImap) -> None:
    """Emptied by somebody; the same letters delivered again; all uids new, or given a second time."""
    old = dict(box.letters)
    assert wrong(desk) == ""
    box.letters.clear()
    assert wrong(desk) == ""
    box.letters |= {uid + 10: letter for uid, letter in old.items()} | {20: a_letter("四")}
    assert wrong(desk) == ""
    assert subjects(desk) == [*SUBJECTS, "四"]
    box.letters, box.validity = {1: a_letter("五"), 2: old[1]}, 2
    assert wrong(desk) == ""
    assert subjects(desk) == [*SUBJECTS, "四", "五"]
    box.letters = {1: a_letter("六")}
    box.says["EXAMINE"] = saying(b"* OK [UIDVALIDITY 2] x\r\n* OK [UIDNEXT 2] x\r\n{tag} OK done\r\n")
    assert wrong(desk) == ""
    assert subjects(desk)[-1] == "六", "the server gives a uid twice and does not say that it counts anew"


def test_heads_without_end_and_letters_too_big_do_not_stand_in_the_way(desk: Desk, box: ScriptedImap) -> None:
    head = b"Subject: " + "很长".encode() + b"\r\nX-Long: " + b"x" * 3_000_000 + b"\r\n\r\n"
    box.letters[2] = head + b"y" * 40_000_000
    box.letters[3] = b"\x00\xff: \xfe\r\n=?x?\r\nContent-Type: multipart/mixed; boundary=\r\n\r\n--\r\n"
    assert wrong(desk) == ""
    with desk.read() as work:
        first, big, garbage = work.messages.all()
    assert (first.subject, big.subject, "whole" in big.error) == ("一", "很长", True)
    assert garbage.at is not None


@pytest.fixture
def relay(desk: Desk) -> Iterator[ScriptedSmtp]:
    """A server that takes letters, and a company that knows it."""
    with smtp_following(ScriptedSmtp()) as server:
        outside.save_outside(desk, mail_at(smtp=server.port))
        yield server


def letter(desk: Desk) -> Message:
    """The one letter there is."""
    with desk.read() as work:
        [one] = work.messages.all()
    return one


def why(desk: Desk) -> str:
    """The code of why the letter is not out, one line in either language."""
    failed = from_kept(letter(desk).error)
    assert failed is not None
    for language in ("en", "zh"):
        i18n.use(language)
        assert "⟦" not in in_words(failed) and "\n" not in in_words(failed)
    return failed.code


def silence(relay: ScriptedSmtp, name: str) -> None:
    """Say nothing to a command."""
    relay.silent.add(name)


def hang_up(relay: ScriptedSmtp, name: str) -> None:
    """Hang up on a command."""
    relay.says[name] = b""


def refuse(relay: ScriptedSmtp, name: str) -> None:
    """Say no for now."""
    relay.says[name] = b"451 4.7.1 try\xff later\r\n"


def babble(relay: ScriptedSmtp, name: str) -> None:
    """Say what is no answer."""
    relay.says[name] = b"\x00\xfe what?\r\n"


@pytest.mark.parametrize("name", ["", "EHLO", "MAIL", "RCPT", "DATA", "."])
@pytest.mark.parametrize("how", [silence, hang_up, refuse, babble])
def test_whatever_breaks_before_the_yes_the_letter_waits_and_goes_out_once(
    desk: Desk, clock: StillClock, relay: ScriptedSmtp, name: str, how: Callable[[ScriptedSmtp, str], None]
) -> None:
    ticket = builders.a_complaint(desk)
    kept = mail_out.reply(desk, ticket, ANSWER)
    how(relay, name)
    if name == "EHLO":
        how(relay, "HELO")
    assert mail_out.send_due(desk) == (0, 0)
    assert why(desk) in ("mail.unreachable", "mail.lost", "mail.refused")
    assert (letter(desk).state, letter(desk).attempts, relay.taken) == ("waiting", 1, [])
    assert frame_facts(desk).letters_delayed == 1
    with desk.read() as work:
        assert work.tickets.find(ticket.id).clock_runs
    relay.says.clear()
    relay.silent.clear()
    assert mail_out.send_due(desk) == (0, 0), "not before its time"
    clock.at = clock.at.add(seconds=60)
    assert mail_out.send_due(desk) == (1, 0)
    assert [message_from_bytes(one)["Message-ID"] for one in relay.taken] == [kept.message_key]
    with desk.read() as work:
        assert work.tickets.find(ticket.id).responded_at == clock.at
    assert frame_facts(desk).letters_delayed == 0


def test_the_yes_counts_though_the_line_breaks_behind_it(desk: Desk, relay: ScriptedSmtp) -> None:
    mail_out.reply(desk, builders.a_complaint(desk), ANSWER)
    relay.deaf.add(".")
    assert mail_out.send_due(desk) == (1, 0)
    assert letter(desk).state == "sent"


def test_a_yes_that_never_arrives_is_the_one_case_of_a_second_letter_and_it_is_the_same(
    desk: Desk, clock: StillClock, relay: ScriptedSmtp
) -> None:
    """The server took it and its yes was lost: nobody can know. It goes out again under the same Message-ID."""
    ticket = builders.a_complaint(desk)
    kept = mail_out.reply(desk, ticket, ANSWER)
    relay.swallows_yes = True
    assert mail_out.send_due(desk) == (0, 0)
    assert (why(desk), len(relay.taken)) == ("mail.lost", 1)
    with desk.read() as work:
        assert work.tickets.find(ticket.id).clock_runs, "no yes was heard"
    relay.swallows_yes = False
    clock.at = clock.at.add(seconds=60)
    assert mail_out.send_due(desk) == (1, 0)
    assert len(relay.taken) == 2
    assert {message_from_bytes(one)["Message-ID"] for one in relay.taken} == {kept.message_key}
    with desk.read() as work:
        assert [one.kind for one in work.ticket_events.of(ticket.id)].count("responded") == 1


def test_a_server_that_takes_too_long_in_all_is_hung_up_on_within_the_lease(
    desk: Desk, relay: ScriptedSmtp, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert smtp.LONGEST_S < LEASE_S, "no other desk may take a letter over that is still being handed over"
    monkeypatch.setattr(smtp, "TIMEOUT_S", 30)
    monkeypatch.setattr(smtp, "LONGEST_S", 0.3)
    mail_out.reply(desk, builders.a_complaint(desk), ANSWER)
    relay.silent.add("RCPT")
    assert mail_out.send_due(desk) == (0, 0)
    assert why(desk) == "mail.lost"


def test_refused_for_good_it_is_work_the_frame_tells_of(desk: Desk, relay: ScriptedSmtp) -> None:
    mail_out.reply(desk, builders.a_complaint(desk), ANSWER)
    relay.says["RCPT"] = b"550 no such user\r\n"
    assert mail_out.send_due(desk) == (0, 1)
    assert (why(desk), frame_facts(desk).letters) == ("mail.refused", 1)
    mail_out.give_up(desk, letter(desk))
    assert frame_facts(desk).letters == 0
