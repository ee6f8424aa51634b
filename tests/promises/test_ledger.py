"""The comparison that the promises stand on finds every kind of difference."""

from hypothesis import given
from hypothesis import strategies as st

from tests.promises.ledger import Ledger, compare
from tests.promises.reading import Gap, gaps, texts_of

_LEDGERS = st.integers(0, 30).map(lambda count: [f"ann-{n:06d} hello" for n in range(count)])


@given(_LEDGERS)
def test_everything_once_and_in_order_is_exact(said: list[str]) -> None:
    assert compare(said, said, said).is_exact


@given(_LEDGERS.filter(bool), st.data())
def test_a_text_that_is_gone_is_missing(said: list[str], data: st.DataObject) -> None:
    gone = data.draw(st.sampled_from(said))
    assert compare(said, said, [text for text in said if text != gone]).missing == (gone,)


@given(_LEDGERS.filter(bool), st.data())
def test_a_text_that_stands_twice_is_doubled(said: list[str], data: st.DataObject) -> None:
    twice = data.draw(st.sampled_from(said))
    place = data.draw(st.integers(0, len(said)))
    assert compare(said, said, [*said[:place], twice, *said[place:]]).doubled == (twice,)


@given(_LEDGERS.filter(lambda said: len(said) > 1), st.data())
def test_two_texts_that_changed_places_are_swapped(said: list[str], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(said) - 2))
    found = [*said[:at], said[at + 1], said[at], *said[at + 2 :]]
    assert compare(said, said, found).swapped == ((said[at + 1], said[at]),)


def test_a_text_that_nobody_said_is_strange() -> None:
    assert compare(["a"], ["a"], ["a", "b"]).strange == ("b",)


def test_an_unconfirmed_text_may_be_there_or_not() -> None:
    ledger = Ledger("ann")
    sure = ledger.next_text()
    ledger.confirm()
    unsure = ledger.next_text()
    assert ledger.compare([sure]).is_exact
    assert ledger.compare([sure, unsure]).is_exact
    assert not ledger.compare([unsure]).is_exact


def test_the_raw_text_is_read_back() -> None:
    lines = [
        "2021-05-12T21:00:30  <ann> 안녕 <bob>",
        "2021-05-12T21:00:31  * ann waves",
        "2021-05-12T21:00:32  *** no log until 2021-05-12T21:05:00Z",
        "2021-05-12T21:00:33  *** no log until 2021-05-12T21:05:00Z (filled)",
    ]
    assert texts_of("ann", lines) == ["안녕 <bob>"]
    until = "2021-05-12T21:05:00Z"
    assert gaps(lines) == [
        Gap("2021-05-12T21:00:32", until, is_filled=False),
        Gap("2021-05-12T21:00:33", until, is_filled=True),
    ]
