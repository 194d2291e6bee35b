"""DeskApp: the frame painted first, storage opened in a thread, one tick a second, keys valid everywhere."""

from __future__ import annotations

import asyncio
import gc
import time
from datetime import tzinfo
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import App, ScreenStackError
from textual.binding import Binding, BindingType
from textual.screen import Screen

from deskapp import i18n
from deskapp.config import Config
from deskapp.i18n import say
from deskapp.screens.base import Framed, spawn
from deskapp.screens.frame_reader import FrameReader
from deskapp.screens.known import Known
from deskapp.screens.live import Live
from deskapp.screens.locking import LockingApp
from deskapp.screens.outgoing import Tray
from deskapp.screens.own_keys import OwnKeys
from deskapp.screens.queue import QueueScreen
from deskapp.screens.telephone import Telephone
from deskapp.screens.undoing import Undoing
from deskapp.traces import kept_in
from deskapp.widgets import signs
from deskapp.widgets.kept_styles import KeptStylesheet
from deskapp.widgets.strip import ClockStrip, TopBar
from deskapp.widgets.themes import THEMES
from deskapp.wiring import CONSOLE_PATIENCE_S, first_page, open_desk

if TYPE_CHECKING:
    from deskapp.desk import Desk
    from deskapp.ports import Clock
    from deskapp.services.frame import FrameFacts


class DeskApp(LockingApp, OwnKeys):
    """The console. `desk` is None until storage is open."""

    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = False
    DEFAULT_MODE = "queue"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1,question_mark", "help", id="help"),
        Binding("f2", "place('queue')", id="go.queue", system=True),
        Binding("f3", "place('clients')", id="go.clients", system=True),
        Binding("f4", "place('form')", id="go.form", system=True),
        Binding("f5", "place('clocks')", id="go.clocks", system=True),
        Binding("f6", "place('coverage')", id="go.coverage", system=True),
        Binding("f7", "place('sites')", id="go.sites", system=True),
        Binding("f8", "place('reports')", id="go.reports", system=True),
        Binding("f9", "place('knowledge')", id="go.knowledge", system=True),
        Binding("f10,ctrl+g", "place('more')", id="go.more", system=True),
        Binding("ctrl+p", "palette", id="palette", system=True, priority=True),
        Binding("f12", "answer", id="answer", system=True, priority=True),
        Binding("ctrl+k", "article", id="article", system=True),
        Binding("ctrl+t", "urgent", id="urgent", system=True, priority=True),
        Binding("ctrl+q", "quit", id="quit", system=True, priority=True),
        Binding("ctrl+z", "undo", id="undo", system=True),
        Binding("ctrl+c", "nothing", system=True),
    ]

    def __init__(self, config: Config, clock: Clock | None = None) -> None:
        super().__init__()
        OwnKeys.__init__(self)
        for theme in THEMES:
            self.register_theme(theme)
        self.set_reactive(App.theme, THEMES[0].name)
        self.stylesheet = KeptStylesheet(variables=self.get_css_variables())
        self.config = config
        self.clock = clock
        """A clock to use instead of the database's: for replays, tests and pictures."""
        self.desk: Desk | None = None
        self.facts: FrameFacts | None = None
        self.zone: tzinfo | None = None
        """The company's zone, once it was read."""
        self._begun = False
        self.opened = asyncio.Event()
        """Set once somebody sits at the desk and the first screen has been told."""
        self.written = 0
        """How many acts this console has written: what was read before the last one may be old."""
        self.live, self.reader, self.tray = Live(self), FrameReader(self), Tray(self)
        self.known, self.undoing, self.telephone = Known(), Undoing(self), Telephone(self)
        if config.language:
            i18n.use(config.language)

    def get_default_screen(self) -> Screen[Any]:
        """Start with the queue: as the default screen its styles are read once, as a mode of MODES twice."""
        return QueueScreen()

    def on_mount(self) -> None:
        """Show the queue's skeleton."""
        self.add_mode("queue", QueueScreen)

    def post_display_hook(self) -> None:
        """The first frame is on the glass: open storage behind it."""
        if not self._begun:
            self._begun = True
            self._open()

    def _open(self) -> None:
        spawn(self, self._opening, "opening")

    async def _opening(self) -> None:
        if self.desk is None:
            await self._foreshow()
        try:
            desk = await asyncio.to_thread(self._connect)
        except Exception as error:
            self._failed_to_open(error)
            return
        finally:
            gc.freeze()
            gc.enable()
        self.store_opened(desk)

    async def _foreshow(self) -> None:
        """Show the head of the queue as it lies in the file, to be looked at until storage is open."""
        page = await asyncio.to_thread(first_page, self.config, self.clock, self.size.height)
        if page is not None and isinstance(screen := self.top(), QueueScreen):
            await screen.foreshow(page)

    def _connect(self) -> Desk:
        return open_desk(self.config, clock=self.clock, patience_s=CONSOLE_PATIENCE_S)

    def _failed_to_open(self, error: Exception) -> None:
        from deskapp.recovery import offer
        from deskapp.screens.trouble import TroubleScreen

        trouble = TroubleScreen(error, offer(self.config, error))
        self.push_screen(trouble, lambda again: self._open() if again else self.exit(1))

    def store_opened(self, desk: Desk) -> None:
        """Storage is open: seat the operator of a demo, ask the first questions, or ask who signs in."""
        self.use_desk(desk, tell=False)
        if self.config.operator:
            from deskapp.services.operators import seat

            self.ask_desk(lambda: seat(desk, self.config.operator), self.sit_down)
            return
        from deskapp.services.company import needs_first_start

        self.ask_desk(lambda: needs_first_start(desk), self._first_or_sign_in)

    def ask_desk(self, question: Any, then: Any) -> None:
        """Ask in a thread on behalf of the app."""
        seat = self.seat

        async def asking() -> None:
            try:
                answer = await asyncio.to_thread(question)
            except Exception as error:
                self.hand_over(seat, partial(self.tell, error))
                return
            self.hand_over(seat, partial(then, answer))

        spawn(self, asking, "desk")

    def _first_or_sign_in(self, first: bool) -> None:
        if first:
            from deskapp.screens.first_start import FirstStartScreen

            self.push_screen(FirstStartScreen(), lambda desk: self.sit_down(desk) if desk else self.exit(0))
            return
        self.ask_who()

    def ask_who(self) -> None:
        """Ask who signs in."""
        from deskapp.screens.sign_in import SignInScreen

        self.push_screen(SignInScreen(), lambda desk: self.sit_down(desk) if desk else self.exit(0))

    def sit_down(self, desk: Desk) -> None:
        """Somebody sits at the desk: work in their language, theme and keys, and read the first screen."""
        operator, before = desk.operator, self._look()
        if operator is not None:
            if not self.config.language:
                i18n.use(operator.language)
            signs.use_plain(operator.plain_signs)
            self.theme = operator.theme if operator.theme in self.available_themes else THEMES[0].name
            self.use_keys(operator.keys)
        self.use_desk(desk, tell=False)
        if not self.opened.is_set():
            self.set_interval(1.0, self._tick, name="tick")
        self.live.start(desk)
        anew = self.opened.is_set() or self._look() != before
        for screen in self.framed():
            if anew:
                screen.relabel()
            screen.paint_frame()
            screen.ready()
        self.opened.set()
        from deskapp.screens.places import settle_in

        spawn(self, partial(settle_in, self, desk), "settle")

    def _look(self) -> tuple[object, ...]:
        return i18n.language(), signs.plain_signs(), self.theme, self.keymap_now()

    def use_desk(self, desk: Desk, *, tell: bool = True) -> None:
        """Work with another desk from now on: other operator, policy or company."""
        from zoneinfo import ZoneInfo

        if self.desk is None or self.desk.operator != desk.operator:
            self.facts = None
            self.known.forget()
        self.desk, self.zone = desk, ZoneInfo(desk.policy.timezone)
        if tell:
            self.changed()

    def desk_now(self) -> Desk:
        """The desk, once storage is open."""
        if self.desk is None:
            raise RuntimeError("storage is not open yet")
        return self.desk

    def now_us(self) -> int:
        """The present instant on the database's clock, in microseconds; this machine's until storage is open."""
        if self.desk is None:
            return time.time_ns() // 1000
        now = self.desk.now()
        return int(now.timestamp()) * 1_000_000 + now.microsecond

    def top(self) -> Framed | None:
        """The screen on the glass; none while the app is closing or the screen is being built."""
        try:
            screen = self.screen
        except ScreenStackError:
            return None
        return screen if isinstance(screen, Framed) and screen.is_mounted else None

    def _tick(self) -> None:
        screen = self.top()
        if screen is not None:
            screen.tick(self.now_us())
        self.undoing.paint()
        self.reader.tick()
        self.live.look()

    def changed(self) -> None:
        """Something was written: read the frame's facts and the screen on top anew."""
        self.reader.read(told=True)
        screen = self.top()
        if screen is not None and self.desk is not None and self.desk.operator is not None:
            screen.changed()

    def read_facts(self, *, anew: bool = False) -> None:
        """Read what the frame shows, in a thread, one reading at a time; `anew`: what the screen shows too."""
        self.reader.read(anew=anew)

    def facts_failed(self, error: Exception) -> None:
        """The database did not answer: say so in the frame once, and go on asking."""
        self.reader.failed(error)

    def say(self, code: str, **facts: Any) -> None:
        """Say a short good word at the edge of the screen."""
        self.notify(say(code, **facts), markup=False, timeout=4)

    def framed(self) -> list[Any]:
        """Every screen and dialog that is open, on the glass or under it."""
        return [
            screen for stack in self._screen_stacks.values() for screen in stack if isinstance(screen, Framed)
        ]

    def relabel(self) -> None:
        """Say every screen again: the language or the signs have changed."""
        for screen in self.framed():
            screen.relabel()
            screen.paint_frame()

    def speak(self, language: str) -> None:
        """Switch the language of everything on the glass at once."""
        i18n.use(language)
        self.relabel()

    async def action_place(self, place: str) -> None:
        """Go to one of the places of the F-keys."""
        if self.desk is None or self.desk.operator is None:
            return
        if place == "form":
            self._open_form()
        elif place in ("more", "reports"):
            from deskapp.screens.more import offer_places

            offer_places(self, place)
        else:
            self.go(place)

    def go(self, place: str) -> None:
        """Show a place: its mode is made when first used and kept."""
        from deskapp.screens.places import go

        go(self, place)

    def _open_form(self) -> None:
        from deskapp.screens.places import open_form

        open_form(self)

    def action_answer(self) -> None:
        """Take the call that rings, whatever is on the screen; what was being typed stays where it is."""
        if self.desk is None or self.desk.operator is None:
            return
        from deskapp.screens.places import answer

        answer(self)

    def action_urgent(self) -> None:
        """Open the ticket whose clock is the most urgent."""
        row = self.facts.strip.urgent if self.facts else None
        if row is not None:
            self.open_ticket(row.ticket.id)

    def open_ticket(self, ticket_id: int) -> None:
        """Show one ticket over the present screen."""
        from deskapp.screens.ticket import TicketScreen

        self.push_screen(TicketScreen(ticket_id))

    def open_client(self, client_id: int) -> None:
        """Show one client's history over the present screen."""
        from deskapp.screens.client import ClientScreen

        self.push_screen(ClientScreen(client_id))

    def action_help(self) -> None:
        """Show every key that works here."""
        from deskapp.screens.help import HelpDialog

        if not isinstance(self.screen, HelpDialog):
            self.push_screen(HelpDialog(self.screen))

    def action_guide(self, page: str) -> None:
        """Show a page of the help."""
        from deskapp.screens.guide import open_guide

        open_guide(self, page)

    def action_phrases(self) -> None:
        """Offer phrases to the long field that has the focus."""
        from deskapp.screens.phrase_pick import offer

        if self.desk is not None and self.desk.operator is not None:
            offer(self)

    def action_article(self) -> None:
        """Offer the articles that fit what is being typed."""
        from deskapp.screens.article_pick import offer_articles

        if self.desk is not None and self.desk.operator is not None:
            offer_articles(self)

    def action_palette(self) -> None:
        """Find any act by Chinese, pinyin initials or English."""
        from deskapp.screens.palette import PaletteDialog

        seated = self.desk is not None and self.desk.operator is not None
        if seated and not isinstance(self.screen, PaletteDialog):
            self.push_screen(PaletteDialog(self.screen))

    def action_speak(self, language: str) -> None:
        """Switch the language of the glass."""
        self.speak(language)

    def action_undo(self) -> None:
        """Take the last harmless act back."""
        self.undoing.run()

    def action_nothing(self) -> None:
        """Swallow Ctrl+C: a terminal's habit must not close a desk."""

    async def on_unmount(self) -> None:
        """The console closes: listen no more."""
        self.live.stop()
        await asyncio.to_thread(self.telephone.close)

    def on_top_bar_place_chosen(self, message: TopBar.PlaceChosen) -> None:
        """A place was clicked in the top bar."""
        spawn(self, partial(self.action_place, message.place), "places")

    def on_clock_strip_chosen(self, message: ClockStrip.Chosen) -> None:
        """The strip was clicked."""
        self.action_urgent()


def run_console(config: Config) -> int:
    """Open the console and stay until it is closed; return the exit code."""
    app = DeskApp(config)
    with kept_in(config.desk_dir):
        code = app.run()
    if app.desk is not None:
        app.telephone.close()
        app.live.leave(app.desk)
        app.desk.store.close()
    return app.return_code or code or 0
