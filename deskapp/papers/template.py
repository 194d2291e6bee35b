"""A Word template filled in a sandbox: what is wrong with it is said with its placeholder and its line."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any

from deskapp.domain.errors import RuleBroken

MOST_BYTES = 5 * 1024 * 1024
MOST_UNPACKED = 60 * 1024 * 1024
MOST_PARTS = 2_000
_PARAGRAPH = re.compile(r"<w:p([ >])")
_TAGS = re.compile(r"<[^>]+>")
_DECLARED = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_CHUNK = 64 * 1024
_MACROS = ("vbaproject", "activex", "embeddings/")


def fill(content: bytes, context: Mapping[str, Any]) -> Any:
    """Fill a template; returns the Word document. What cannot be filled breaks paper.template_wrong."""
    from docxtpl import DocxTemplate

    from deskapp.papers.template_sandbox import Budget, Sandbox

    content = checked(content)
    environment, source = Sandbox(Budget()), ""
    try:
        template = DocxTemplate(io.BytesIO(content))
        template.init_docx()
        source = _PARAGRAPH.sub(r"\n<w:p\1", template.patch_xml(template.get_xml()))
        environment.parse(source)
        named = template.get_undeclared_template_variables(environment)
        if not named:
            raise RuleBroken("paper.template_empty")
        if unknown := sorted(named - set(context)):
            raise RuleBroken("paper.template_unknown", name=unknown[0][:60], known=" ".join(sorted(context)))
        template.render(dict(context), environment, autoescape=True)
    except RuleBroken:
        raise
    except Exception as error:  # Jinja's own, and whatever else a broken template provokes in the libraries
        raise RuleBroken("paper.template_wrong", why=_why(error), line=_line(error, source)) from error
    return template.docx


def checked(content: bytes) -> bytes:
    """The same Word document packed anew; refuse what is none, is too big, or carries programs or entities with it.

    Nothing is believed that the file says of its parts: what is filled is only what was seen here.
    """
    if len(content) > MOST_BYTES:
        raise _too_big()
    seen = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed, zipfile.ZipFile(seen, "w") as anew:
            files = packed.infolist()
            names = {one.filename.lower() for one in files}
            if "word/document.xml" not in names or len(names) < len(files):
                raise RuleBroken("paper.template_none")
            if any(mark in name for name in names for mark in _MACROS):
                raise RuleBroken("paper.template_macros")
            left = MOST_UNPACKED if len(files) <= MOST_PARTS else 0
            for one in files:
                part = _unpacked(packed, one, left)
                left -= len(part)
                anew.writestr(one.filename, part)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
        OSError,
    ) as error:
        raise RuleBroken("paper.template_none") from error
    return seen.getvalue()


def _unpacked(packed: zipfile.ZipFile, one: zipfile.ZipInfo, most: int) -> bytes:
    """One part, unpacked piece by piece and no further than may be; XML that declares entities is none of Word's."""
    part = bytearray()
    with packed.open(one) as stream:
        while piece := stream.read(_CHUNK):
            part += piece
            if len(part) > most:
                raise _too_big()
    if one.filename.lower().endswith((".xml", ".rels")) and (b"\x00" in part or _DECLARED.search(part)):
        raise RuleBroken("paper.template_none")
    return bytes(part)


def _too_big() -> RuleBroken:
    return RuleBroken("paper.template_big", most=MOST_BYTES // (1024 * 1024))


def _why(error: Exception) -> str:
    return " ".join(str(getattr(error, "message", None) or error or type(error).__name__).split())[:200]


def _line(error: Exception, source: str) -> str:
    """The words of the template in the paragraph that is wrong."""
    at = getattr(error, "lineno", None)
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            at = trace.tb_lineno
        trace = trace.tb_next
    lines = source.split("\n")
    return _TAGS.sub("", lines[at - 1]).strip()[:120] if at and at <= len(lines) else "-"
