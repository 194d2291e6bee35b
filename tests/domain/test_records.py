"""Records made and changed fast are what the dataclasses' own functions make."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskapp.domain.client import Phone
from deskapp.domain.records import maker, replace, values_of
from deskapp.domain.ticket import Ticket

NAMES = [field.name for field in dataclasses.fields(Ticket)]


@given(st.dictionaries(st.sampled_from(NAMES), st.text() | st.integers() | st.none()))
def test_a_changed_record_is_what_the_dataclass_makes_of_it(changes):
    ticket = Ticket(number="TS20261127-0001", subject="漏水")
    changed = replace(ticket, **changes)
    assert changed == dataclasses.replace(ticket, **changes)
    assert type(changed) is Ticket
    assert hash(changed) == hash(dataclasses.replace(ticket, **changes))
    assert ticket == Ticket(number="TS20261127-0001", subject="漏水"), "the one before is left as it was"


def test_what_is_made_can_be_changed_no_more_than_others():
    made = maker(Phone)(*values_of(Phone)(Phone(raw="138")))
    assert made == Phone(raw="138")
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.raw = "139"


def test_a_field_that_is_not_there_is_refused():
    with pytest.raises(TypeError):
        replace(Ticket(), colour="red")
