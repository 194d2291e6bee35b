"""A Word template filled in a sandbox: what is wrong with it is said with its placeholder and its line."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from typing import Any

from deskapp.domain.errors import RuleBroken

MOST_BYTES = 5 * 1024 * 1024
MOST_UNPACKED = 60 * 1024 * 1024
MOST_PRODUCT = 1_000_000
"""The greatest number a template may reckon, and the longest text it may repeat."""
_PARAGRAPH = re.compile(r"<w:p([ >])")
_TAGS = re.compile(r"<[^>]+>")
_MACROS = ("vbaproject", "activex", "embeddings/")


def fill(content: bytes, context: Mapping[str, Any]) -> Any:
    """Fill a template; returns the Word document. What cannot be filled breaks paper.template_wrong."""
    from docxtpl import DocxTemplate

    check(content)
    environment, source = _environment(), ""
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


def check(content: bytes) -> None:
    """Refuse what is no Word document, is too big, or carries programs with it."""
    if len(content) > MOST_BYTES:
        raise RuleBroken("paper.template_big", most=MOST_BYTES // (1024 * 1024))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            files = packed.infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise RuleBroken("paper.template_none") from error
    if sum(one.file_size for one in files) > MOST_UNPACKED:
        raise RuleBroken("paper.template_big", most=MOST_BYTES // (1024 * 1024))
    names = {one.filename.lower() for one in files}
    if "word/document.xml" not in names:
        raise RuleBroken("paper.template_none")
    if any(mark in name for name in names for mark in _MACROS):
        raise RuleBroken("paper.template_macros")


def _environment() -> Any:
    from jinja2 import StrictUndefined
    from jinja2.exceptions import SecurityError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Sandbox(ImmutableSandboxedEnvironment):
        """Nothing but the paper can be reached, and nothing can be blown up."""

        intercepted_binops = frozenset(["*", "**", "%"])

        def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
            """Multiply small numbers only."""
            small = all(isinstance(one, int | float) and abs(one) <= MOST_PRODUCT for one in (left, right))
            if operator == "**" or not small:
                raise SecurityError(operator)
            return super().call_binop(context, operator, left, right)

    made = Sandbox(undefined=StrictUndefined, autoescape=True)
    made.globals.clear()
    for name in ("center", "indent", "format", "wordwrap", "xmlattr", "pprint", "map", "attr"):
        made.filters.pop(name, None)
    return made


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
