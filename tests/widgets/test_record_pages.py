from hypothesis import given
from hypothesis import strategies as st

from deskapp.widgets.record_columns import Column, place
from deskapp.widgets.record_pages import PAGE, PAGES_KEPT, ListSource, Pages


@given(st.integers(0, 1000), st.lists(st.integers(0, 1200), max_size=12))
def test_wherever_the_window_goes_its_rows_are_the_right_ones_and_little_is_held(count, tops):
    pages = Pages(ListSource(range(count), key=lambda n: n))
    pages.count = count
    for top in tops:
        top = max(0, min(top, count - 20))
        while want := pages.want(top, min(top + 19, count - 1)):
            assert pages.put(want, want.fetch())
            pages.evict(top + 10)
        assert [pages.get(row) for row in range(top, min(top + 20, count))] == list(
            range(top, min(top + 20, count))
        )
        assert pages.held <= PAGE * PAGES_KEPT


class Counting(ListSource):
    """Knows how often it was read by an offset."""

    offsets = 0

    def at(self, offset, limit):
        self.offsets += 1
        return super().at(offset, limit)


@given(st.integers(2, 40), st.integers(0, PAGE), st.integers(1, PAGE))
def test_the_end_of_a_long_list_is_read_from_its_end(pages_before, more, window):
    count = pages_before * PAGE + more
    source = Counting(range(count), key=lambda n: n)
    pages = Pages(source)
    pages.count = count
    while want := pages.want(count - window, count - 1):
        assert pages.put(want, want.fetch())
    again = pages.around(count - window, count - 1)
    assert again.fetch()[-1] == count - 1
    assert [pages.get(row) for row in range(count - window, count)] == list(range(count - window, count))
    assert source.offsets == 0


def test_a_short_page_tells_where_the_list_ends():
    pages = Pages(ListSource(range(PAGE + 3), key=lambda n: n))
    first = pages.want(0, 10)
    assert pages.put(first, first.fetch())
    assert pages.count is None
    second = pages.want(PAGE, PAGE)
    assert pages.put(second, second.fetch())
    assert pages.count == PAGE + 3


def test_a_list_that_shrank_asks_to_be_read_anew():
    source = ListSource(range(10 * PAGE), key=lambda n: n)
    pages = Pages(source)
    pages.count = 10 * PAGE
    source.replace(range(PAGE))
    want = pages.want(5 * PAGE, 5 * PAGE)
    assert not pages.put(want, want.fetch())
    assert pages.put(want, want.fetch(), force=True)


@given(
    st.lists(st.tuples(st.one_of(st.none(), st.integers(1, 30)), st.integers(0, 150)), max_size=10),
    st.integers(1, 200),
)
def test_columns_never_overlap_nor_leave_the_table(shapes, width):
    columns = [
        Column(str(n), "", own, lambda row, context: "", least) for n, (own, least) in enumerate(shapes)
    ]
    placed = place(columns, width, 2)
    edge = 2
    for spot in placed:
        assert spot.x >= edge
        assert spot.width >= 1
        edge = spot.x + spot.width + 1
        assert spot.x + spot.width <= width
        assert width >= spot.column.min_terminal
