"""A headless Chromium driven over its own protocol: what it is sent is read as a terminal reads it."""

import asyncio
import base64
import itertools
import json
import shutil
import subprocess
from pathlib import Path

import aiohttp
import pyte

NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--mute-audio"),
    *(
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
    ),
    *("--remote-debugging-port=0", "--window-size=1400,900"),
)
KEYS = {"Enter": (13, "\r"), "Tab": (9, ""), "F4": (115, ""), "F5": (116, "")}


def found() -> str | None:
    """Where the browser is, if anywhere."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


class Tab:
    """One tab: `text()` is what a terminal would show of all the server sent it."""

    def __init__(self, session: aiohttp.ClientSession, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket, self._session = socket, session
        self._number = itertools.count(1)
        self._answers: dict[int, asyncio.Future] = {}
        self.screen = pyte.Screen(80, 24)
        self.stream = pyte.ByteStream(self.screen)
        self.asked: list[str] = []
        """Every address the page asked for."""
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for message in self.socket:
            told = json.loads(message.data)
            if "id" in told and (answer := self._answers.pop(told["id"], None)):
                answer.set_result(told.get("result", told.get("error")))
            elif told.get("method") == "Network.webSocketFrameReceived":
                self._frame(told["params"]["response"])
            elif told.get("method") == "Network.webSocketFrameSent":
                self._sent(told["params"]["response"]["payloadData"])
            elif told.get("method") == "Network.requestWillBeSent":
                self.asked.append(told["params"]["request"]["url"])

    def _frame(self, frame: dict) -> None:
        if frame["opcode"] == 2:
            self.stream.feed(base64.b64decode(frame["payloadData"]))

    def _sent(self, payload: str) -> None:
        kind, *data = json.loads(payload)
        if kind == "resize":
            self.screen.resize(data[0]["height"], data[0]["width"])

    async def do(self, method: str, **params: object) -> dict:
        number = next(self._number)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        await self.socket.send_json({"id": number, "method": method, "params": params})
        return await asyncio.wait_for(answer, 30)

    def text(self) -> str:
        return "\n".join(
            "".join(self.screen.buffer[y][x].data for x in range(self.screen.columns))
            for y in range(self.screen.lines)
        )

    async def shows(self, what: str, seconds: float = 40) -> str:
        """Wait for words on the glass."""
        for _ in range(int(seconds / 0.05)):
            if what in self.text():
                return self.text()
            await asyncio.sleep(0.05)
        raise AssertionError(f"never shown: {what}\n{self.text()}")

    async def ready(self) -> None:
        """Wait until keys go to the terminal: the page sees to that by itself."""
        for _ in range(400):
            found = await self.do("Runtime.evaluate", expression="document.activeElement?.tagName")
            if found["result"].get("value") == "TEXTAREA":
                return
            await asyncio.sleep(0.05)
        raise AssertionError("the terminal never had the keys")

    async def type(self, words: str) -> None:
        await self.do("Input.insertText", text=words)

    async def press(self, key: str) -> None:
        code, text = KEYS[key]
        given = {"key": key, "code": key, "windowsVirtualKeyCode": code, "text": text}
        await self.do("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", **given)
        await self.do(
            "Input.dispatchKeyEvent", type="keyUp", **{k: v for k, v in given.items() if k != "text"}
        )

    async def ctrl(self, letter: str) -> None:
        given = {"key": letter, "code": f"Key{letter.upper()}", "windowsVirtualKeyCode": ord(letter.upper())}
        await self.do("Input.dispatchKeyEvent", type="rawKeyDown", modifiers=2, **given)
        await self.do("Input.dispatchKeyEvent", type="keyUp", modifiers=2, **given)

    async def picture(self) -> bytes:
        return base64.b64decode((await self.do("Page.captureScreenshot", format="png"))["data"])


class Browser:
    """A browser with a profile of its own, for as long as it is asked for."""

    def __init__(self, path: str, folder: Path) -> None:
        self.path, self.folder = path, folder

    async def __aenter__(self) -> "Browser":
        self.process = subprocess.Popen(
            [self.path, *QUIET, f"--user-data-dir={self.folder}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.session = aiohttp.ClientSession()
        note = self.folder / "DevToolsActivePort"
        for _ in range(600):
            if note.exists() and note.read_text().count("\n"):
                break
            await asyncio.sleep(0.05)
        self.port = int(note.read_text().split("\n")[0])
        return self

    async def open(self, address: str) -> Tab:
        async with self.session.get(f"http://127.0.0.1:{self.port}/json/list") as answer:
            pages = [one for one in await answer.json(content_type=None) if one["type"] == "page"]
        socket = await self.session.ws_connect(pages[0]["webSocketDebuggerUrl"], max_msg_size=0)
        tab = Tab(self.session, socket)
        for area in ("Page", "Network", "Runtime"):
            await tab.do(f"{area}.enable")
        await tab.do("Emulation.setFocusEmulationEnabled", enabled=True)
        await tab.do("Page.navigate", url=address)
        return tab

    async def __aexit__(self, *_: object) -> None:
        await self.session.close()
        self.process.kill()
        self.process.wait()
