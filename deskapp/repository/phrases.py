"""Phrases at hand."""

from __future__ import annotations

from deskapp.domain import phrase
from deskapp.repository import tables
from deskapp.repository.base import Repository


class Phrases(Repository[phrase.Phrase]):
    """Greetings, courteous words, replies, and the forbidden kind."""

    table, record, noun = tables.phrases, phrase.Phrase, "phrase"
