"""Phrases at hand: greetings, courtesy, interruptions, apologies, replies, and the forbidden kind (row K2; text 3)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words with holes for facts; of the forbidden kind `words` is what is found and `advice` what to say instead."""

    id: int = 0
    version: int = 0
    code: str | None = None
    kind: str = "reply"
    title: str = ""
    words: str = ""
    keys: str = ""
    advice: str = ""
    position: int = 0
    active: bool = True
