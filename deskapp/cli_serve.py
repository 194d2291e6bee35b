"""`deskapp serve`: a console a browser tab, sign-in inside; loopback unless told otherwise (row P7)."""

from __future__ import annotations

import os
import shlex
import sys
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from deskapp import i18n
from deskapp.domain.errors import RuleBroken, StorageFailed
from deskapp.i18n import say
from deskapp.i18n.lines import print_line

if TYPE_CHECKING:
    from deskapp.config import Config

WORDS = ("title", "opening", "closed", "again", "refused", "full")


def run(config: Config, host: str, port: int, address: str, most: int) -> int:
    """Serve consoles on one database until told to end; `address` is what browsers call this server.

    A host others reach needs an address, and one without https is warned of: passwords would cross the network bare.
    """
    try:
        from deskapp.adapters.web import LOOPBACK, Consoles
    except ModuleNotFoundError as error:
        raise StorageFailed("serve.not_installed", module=error.name) from error
    if host not in LOOPBACK and not address:
        raise RuleBroken("serve.address_missing", host=host)
    if address and (urlsplit(address).scheme not in ("http", "https") or not urlsplit(address).hostname):
        raise RuleBroken("serve.address_wrong", value=address)
    language = config.language or "zh"
    i18n.use(language)
    os.environ["DESKAPP_DATABASE_URL"] = config.url
    command = [sys.executable, "-m", "deskapp", *(["--lang", config.language] if config.language else [])]
    words = {name: say(f"serve.{name}") for name in WORDS} | {"language": language}
    consoles = Consoles(shlex.join(command), host, port, address.rstrip("/"), most, words)

    def ready() -> None:
        print_line(say("serve.ready", address=consoles.public_url))
        if host not in LOOPBACK and urlsplit(address).scheme != "https":
            print_line(say("serve.bare"))
        sys.stdout.flush()

    consoles.run(ready)
    return 0
