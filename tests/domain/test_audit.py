"""The chain of seals: whatever is changed, removed or put in between is found, and found first."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskapp.domain.audit import Fault, StoredEntry, chain, checked, first, link

pytestmark = pytest.mark.row("P2")

texts = st.text(max_size=20)
entries = st.lists(
    st.builds(
        StoredEntry,
        id=st.just(0),
        at=st.integers(0, 2**52),
        operator_id=st.none() | st.integers(1, 99),
        who=texts,
        act=texts,
        noun=texts,
        record_id=st.none() | st.integers(1, 10**9),
        changes=st.none() | texts,
        tx=st.integers(0, 2**62),
    ),
    min_size=1,
    max_size=8,
).map(lambda found: [replace(entry, id=place) for place, entry in enumerate(found, 1)])


def walk(seals, there) -> Fault | None:
    previous = None
    for seal in seals:
        fault = checked(previous, seal, there.get(seal.audit_id))
        if fault is not None:
            return fault
        previous = seal
    return None


@given(entries)
def test_what_was_written_is_found_whole(written):
    seals = chain(None, written)
    assert walk(seals, {entry.id: entry for entry in written}) is None
    half = len(written) // 2
    earlier = chain(None, written[:half])
    assert earlier + chain(earlier[-1] if earlier else None, written[half:]) == seals


@given(entries, st.data())
def test_a_changed_entry_is_named(written, data):
    victim = data.draw(st.sampled_from(written))
    field = data.draw(st.sampled_from(("who", "act", "noun", "changes")))
    other = replace(victim, **{field: f"{getattr(victim, field) or ''}!"})
    fault = walk(chain(None, written), {entry.id: entry for entry in written} | {victim.id: other})
    assert fault is not None and (fault.code, fault.audit_id, fault.seq) == ("changed", victim.id, victim.id)


@given(entries, st.data())
def test_a_removed_entry_or_seal_is_named(written, data):
    victim = data.draw(st.sampled_from(written))
    seals, there = chain(None, written), {entry.id: entry for entry in written if entry is not victim}
    assert walk(seals, there) == Fault("removed", victim.id, victim.id)
    there[victim.id] = victim
    left = [seal for seal in seals if seal.audit_id != victim.id]
    last = victim is written[-1]
    assert walk(left, there) == (None if last else Fault("removed", None, victim.id))


@given(entries)
def test_every_field_counts(written):
    entry = written[0]
    assert link("0", entry) != link("1", entry)
    for change in (
        {"at": entry.at + 1},
        {"record_id": -1},
        {"operator_id": -1},
        {"tx": entry.tx + 1},
        {"id": 99},
    ):
        assert link("0", replace(entry, **change)) != link("0", entry)


def test_the_earliest_fault_is_told():
    late, early = Fault("changed", 9), Fault("inserted", 4)
    assert first(None, late, early) == early
    assert first(None) is None
