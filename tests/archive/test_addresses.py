"""Addresses: what is built is read back, whatever a channel is called, and nothing else is a place."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.addresses import ROOT, Addresses, Place, line_ref, parse_line_ref, slug
from hub.clock import micros

ADDRESSES = Addresses("main")
NAMES = st.text(
    st.characters(exclude_characters="\0\r\n\x07 ,", exclude_categories=["Cs"]), max_size=60
).map("#".__add__)
NETWORKS = st.sampled_from(["main", "oftc", "a-1"])
DAYS = st.dates(date(1, 1, 1), date(9999, 12, 31))


@given(NETWORKS, NAMES, DAYS, st.booleans())
def test_a_day_is_read_back(network: str, name: str, day: date, text: bool) -> None:
    address = ADDRESSES.day(network, name, day, text=text)
    assert ADDRESSES.parse(address) == Place("text" if text else "day", network, slug(name), day)
    assert address.startswith(ROOT)
    assert address.isascii()
    assert not {"", ".", ".."} & set(address.removeprefix(ROOT).split("/"))


@given(NETWORKS, NAMES)
def test_a_channel_is_read_back(network: str, name: str) -> None:
    assert ADDRESSES.parse(ADDRESSES.channel(network, name)) == Place(
        "channel", network, slug(name)
    )


@given(NETWORKS, NAMES, st.datetimes(timezones=st.just(UTC)), st.integers(1, 999_999))
def test_a_line_is_read_back(network: str, name: str, at: datetime, nth: int) -> None:
    ref = line_ref(network, name, micros(at), nth)
    found = parse_line_ref(ref)
    assert found is not None
    assert (found.network, found.slug, found.nth) == (network, slug(name), nth)
    assert found.day == at.date()
    assert line_ref(found.network, found.slug, found.second * 10**6, found.nth) == ref
    assert ADDRESSES.line(ref).endswith(f"#t{found.anchor}")


@given(st.text(max_size=80))
def test_any_path_is_a_place_or_none(path: str) -> None:
    place = ADDRESSES.parse(ROOT + path)
    assert place is None or place.page


@pytest.mark.parametrize(
    "path",
    [
        "%23a/%23b.2021-05-12.log",
        "%23a/%23a.2021-13-12.log",
        "%23a/%23a.2021-05-12.log.htm",
        "%23a/x/y",
        "%23a/%23a.2021-05-12.log.html/",
    ],
)
def test_what_nothing_is_called_is_no_place(path: str) -> None:
    assert ADDRESSES.parse(ROOT + path) is None


@pytest.mark.parametrize(
    "ref",
    [
        "",
        "line:",
        "line:net/#a",
        "line:net/#a/2021-05-12",
        "story:42",
        "line:net/#a/2021-02-30T00:00:00",
    ],
)
def test_what_is_no_ref_of_a_line_is_none(ref: str) -> None:
    assert parse_line_ref(ref) is None
    with pytest.raises(ValueError, match="not a ref of a line"):
        ADDRESSES.line(ref)
