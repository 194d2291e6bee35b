"""A document is kept as data and read back as it was."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskapp.domain.document import Chart, Document, Facts, Table, Words, from_data, to_data
from deskapp.domain.errors import RuleBroken

pytestmark = pytest.mark.row("R1")

WORDS = st.text(max_size=12)
CELLS = st.none() | WORDS | st.integers(-(10**9), 10**9) | st.floats(-1e6, 1e6)
TABLES = st.integers(1, 4).flatmap(
    lambda n: st.builds(
        Table,
        columns=st.tuples(*[WORDS] * n),
        rows=st.lists(st.tuples(*[CELLS] * n), max_size=4).map(tuple),
        caption=WORDS,
        total=st.just(()) | st.tuples(*[CELLS] * n),
        note=WORDS,
    )
)
BLOCKS = st.one_of(
    TABLES,
    st.builds(Facts, pairs=st.lists(st.tuples(WORDS, WORDS), max_size=5).map(tuple), caption=WORDS),
    st.builds(Words, words=WORDS, caption=WORDS, part=WORDS, lines=st.integers(0, 9)),
    st.builds(
        Chart,
        kind=st.sampled_from(("bars", "line", "pareto")),
        labels=st.just(("甲", "乙")),
        values=st.tuples(st.floats(0, 100), st.floats(0, 100)),
        target=st.none() | st.floats(0, 100),
    ),
)
DOCUMENTS = st.builds(
    Document,
    kind=WORDS,
    title=WORDS,
    number=WORDS,
    blocks=st.lists(BLOCKS, max_size=5).map(tuple),
    signatures=st.lists(WORDS, max_size=3).map(tuple),
)


@given(DOCUMENTS)
def test_what_was_written_is_read_back(document):
    assert from_data(json.loads(json.dumps(to_data(document)))) == document


@pytest.mark.parametrize("data", [{}, {"kind": "x"}, {"kind": "x", "title": "y", "blocks": [{"block": "z"}]}])
def test_what_no_program_wrote_is_refused(data):
    with pytest.raises(RuleBroken, match=r"paper\.unreadable"):
        from_data(data)
