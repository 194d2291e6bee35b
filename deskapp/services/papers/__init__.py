"""Papers: previewed, written, issued under a number, kept as issued, exported (row R1; text 4, 1.3.4 and 3.3.5).

A kind of paper is declared in registry.py with the builder that makes its Document from the data.
"""

from __future__ import annotations

from deskapp.services.papers.issuing import (
    Issued,
    Preview,
    Standing,
    issue,
    opened,
    preview,
    revisions,
    standing,
    write_text,
)
from deskapp.services.papers.registry import KINDS, kind_of

__all__ = [
    "KINDS",
    "Issued",
    "Preview",
    "Standing",
    "issue",
    "kind_of",
    "opened",
    "preview",
    "revisions",
    "standing",
    "write_text",
]
