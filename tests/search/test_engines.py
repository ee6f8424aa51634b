"""What every engine has to do; the same for each."""

import gc
import unicodedata
import warnings
from dataclasses import replace
from pathlib import Path

import pytest

from search.asking import bare_words
from search.engine import Busy, Damaged, Engine, Mark, Phrase, Terms, Wanted
from tests.search.library import Library

TEXTS = (
    "오픈스택을 설치하는 방법을 알려 주세요",
    "다음 회의록은 어디에 있나요",
    "영화를 봤어요",
    "虚拟机的网络有问题",
    "我们明天开会议吗",
    "仮想マシンを再起動してください",
    "nova-compute fails on https://review.opendev.org/c/openstack/nova/+/799121",
    "the compute node of nova is down",
    "ＮＯＶＡ 서버 리뷰 부탁합니다",
    "os_auth_url is not set in the .env file",
)
CJK = (
    "오픈스택",
    "회의",
    "회의록",
    "영화",
    "虚拟机",
    "虚拟",
    "会议",
    "仮想マシン",
    "マシン",
    "리뷰",
    "서버",
    "을",
    "리",
    "机",
)


@pytest.mark.parametrize("word", CJK)
def test_words_without_blanks_are_found_wherever_they_stand(library: Library, word: str) -> None:
    refs = library.holds(*TEXTS)
    assert library.finds(word) == {r for r, t in zip(refs, TEXTS, strict=True) if word in t}


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ("nova", {6, 7, 8}),
        ("NOVA", {6, 7, 8}),
        ("nova-compute", {6}),
        ("compute nova", {6, 7}),
        ('"compute node"', {7}),
        ('"node compute"', set()),
        ("799121", {6}),
        ("https://review.opendev.org/c/openstack/nova/+/799121", {6}),
        ("openstack/nova", {6}),
        ("os_auth_url", {9}),
        ("auth*", {9}),
        ("nova -compute", {8}),
        ("nova 서버", {8}),
        ("the", {7, 9}),
        ("absent", set()),
        ("nova absent", set()),
    ],
)
def test_words_phrases_identifiers_and_paths_are_found_as_people_type_them(
    library: Library, query: str, places: set[int]
) -> None:
    refs = library.holds(*TEXTS)
    assert library.finds(query) == {refs[i] for i in places}


def test_filters_say_what_a_document_has_to_be(library: Library) -> None:
    (said,) = library.holds("the release", who="Ann", where="#yard")
    (other,) = library.holds("the release", who="bob", where="#swift")
    (held,) = library.holds(
        "the release", kind="meeting", where="#swift", labels="series:tc tag:urgent"
    )
    assert library.finds("release kind:meeting") == {held}
    assert library.finds("release kind:line kind:meeting") == {said, other, held}
    assert library.finds("release kind:pad kind:story kind:meeting") == {held}
    assert library.finds("release -kind:line") == {held}
    assert library.finds("release in:swift") == library.finds("in:#swift") == {other, held}
    assert library.finds("from:ANN") == {said, held}
    assert library.finds("series:tc") == library.finds("tag:urgent") == {held}
    assert library.finds("release -in:#swift") == {said}
    assert library.finds("-series:tc release") == {said, other}


def test_dates_are_from_and_until_before(library: Library) -> None:
    refs = []
    for year in (2019, 2020, 2021):
        library.now = library.now.replace(year=year)
        refs += library.holds("the talk of the year")
    assert library.finds("talk after:2020") == set(refs[1:])
    assert library.finds("talk before:2021") == set(refs[:2])
    assert library.finds("talk on:2020") == {refs[1]}
    assert library.finds("on:2020-05-12") == {refs[1]}
    assert library.matches("talk after:2020").total == 2


def test_the_newest_come_first_when_asked_and_pages_go_on(library: Library) -> None:
    refs = library.holds(*[f"talk number {i}" for i in range(30)])
    pages = [library.matches("talk", newest=True, limit=10, offset=o) for o in (0, 10, 20, 30)]
    assert [m.ref for page in pages for m in page.matches] == refs[::-1]
    assert [page.total for page in pages] == [30] * 4


def test_what_fits_better_comes_first_and_of_equals_the_newer(library: Library) -> None:
    library.now = library.now.replace(year=2001)
    library.holds("a flash bug in the driver of the radio that nobody knew of before today")
    (old,) = library.holds("flash bug")
    library.now = library.now.replace(year=2023)
    (new,) = library.holds("flash bug")
    first, second, *_ = library.matches("flash bug").matches
    assert (first.ref, second.ref) == (new, old)


def test_a_title_counts_more_than_a_text(library: Library) -> None:
    library.holds("who will release it and when and why and how do we release", kind="pad")
    (named,) = library.holds("all that we need and more of it", kind="pad", title="Release")
    assert library.matches("release").matches[0].ref == named


def test_what_is_put_again_takes_the_place_of_what_was_there(library: Library) -> None:
    (ref,) = library.holds("before", kind="pad")
    library.now = library.now.replace(minute=0)
    (same,) = library.holds("after", kind="pad", fresh=False)
    assert ref == same
    assert library.finds("before") == set()
    assert library.finds("after") == {ref}
    assert library.reader.count() == 1


def test_what_is_removed_is_in_no_hit_count_facet_or_word(library: Library) -> None:
    gone, kept = library.holds("secretword and talk", "other talk")
    library.writer.remove([gone])
    library.writer.commit(Mark())
    assert library.finds("secretword") == set()
    assert library.matches("talk").total == 1
    assert library.reader.facets(library.asked("talk"))["kind"] == [("line", 1)]
    assert library.reader.words("secr", Wanted(), 10) == []
    assert library.finds("talk") == {kept}


def test_facets_count_by_kind_place_and_year(library: Library) -> None:
    library.holds("talk", "talk", where="#yard")
    library.holds("talk", where="#swift", kind="meeting")
    found = library.reader.facets(library.asked("talk"))
    assert found["kind"] == [("line", 2), ("meeting", 1)]
    assert found["where"] == [("#yard", 2), ("#swift", 1)]
    assert found["year"] == [("2021", 3)]


def test_only_what_is_readable_counts_anywhere(library: Library) -> None:
    library.holds("talk of payroll", visibility="private", kind="pad")
    (own,) = library.holds("talk of payroll", visibility="private", kind="story")
    (open_,) = library.holds("talk of the yard")
    asked = library.asked("talk")
    assert library.finds("talk") == {open_}
    assert library.matches("talk").total == 1
    assert library.reader.facets(asked)["kind"] == [("line", 1)]
    assert library.reader.words("pay", asked, 5) == []
    own_too = replace(asked, readable=(*asked.readable, Terms("ref", (own,))))
    found = library.reader.search(own_too, newest=True, limit=9)
    assert [match.ref for match in found.matches] == [open_, own]
    assert found.total == 2
    assert library.reader.words("pay", own_too, 5) == [("payroll", 1)]


def test_some_of_several_words_are_enough_when_asked(library: Library) -> None:
    both, one, none = library.holds("red and blue", "blue and green", "grey")
    phrases = library.asked("red blue yellow").must
    reader = library.reader
    two = reader.search(Wanted(must=phrases, some=2), newest=False, limit=9)
    any_ = reader.search(Wanted(must=phrases, some=1), newest=False, limit=9)
    assert {match.ref for match in two.matches} == {both}
    assert {match.ref for match in any_.matches} == {both, one}
    assert none not in {match.ref for match in any_.matches}


def test_one_of_several_forms_is_enough(library: Library) -> None:
    refs = library.holds("we decided", "they decide", "a decision")
    rows = (*library.asked("decide").must[0].rows, *library.asked("decided").must[0].rows)
    found = library.reader.search(Wanted(must=(Phrase(rows),)), newest=False, limit=9)
    assert {match.ref for match in found.matches} == set(refs[:2])


def test_words_go_on_from_a_beginning_the_frequent_ones_first(library: Library) -> None:
    library.holds("neutron nova", "neutron", "network", "neutron network nebula")
    words = library.reader.words("ne", Wanted(), 2)
    assert words == [("neutron", 3), ("network", 2)]


def test_korean_words_go_on_whole(library: Library) -> None:
    library.holds(
        "오픈스택을 깔아요", "오픈스택이 좋아요 오픈소스", "ＡＢ오픈스택을", "\u1109\u1165버"
    )
    assert library.reader.words("오픈스", Wanted(), 5) == [("오픈스택을", 2), ("오픈스택이", 1)]
    assert library.reader.words("오", Wanted(), 1) == [("오픈스택을", 2)]
    assert library.reader.words("서", Wanted(), 5) == [("서버", 1)]
    assert library.reader.words("픈스", Wanted(), 5) == []


def test_forms_of_a_korean_word_are_one() -> None:
    known = [
        ("오픈스택을", 3),
        ("오픈스택이", 2),
        ("오픈소스", 4),
        ("오픈스택", 1),
        ("오픈하는", 2),
    ]
    assert bare_words(known, "오픈") == ["오픈스택", "오픈소스", "오픈하는"]
    assert bare_words([("회의를", 1), ("회의에서", 1), ("회의실", 3)], "회의") == ["회의실", "회의"]
    assert bare_words([("회의를", 2)], "회의를") == ["회의를"]
    assert bare_words([], "회") == []


def test_a_mark_is_committed_with_what_it_stands_for(library: Library) -> None:
    library.writer.put([], fresh=True)
    library.writer.commit(Mark({"archive": 7, "events": 3}, complete=True, goals={"archive": 9}))
    assert library.reader.mark() == Mark({"archive": 7, "events": 3}, True, {"archive": 9})
    library.writer.commit(Mark({"archive": 8}))
    assert library.reader.mark() == Mark({"archive": 8})
    assert library.reader.count() == 0
    assert library.finds("-absent") == set()


def test_what_was_not_committed_is_not_there(library: Library) -> None:
    library.holds("committed")
    library.writer.remove(["line:none"])
    library.writer.close()
    library.writer = library.engine.writer(library.folder, building=False)
    assert library.finds("committed")
    assert library.reader.count() == 1


def test_any_text_can_be_indexed_and_found(library: Library) -> None:
    odd = [
        "",
        "…",
        "\u200b",
        "a" * 300,
        "e\u0301té",
        "½ Straße",
        "x" * 70_000,
        "ㅋㅋㅋ",
        "👩‍👩‍👧",
        "\ue000",
    ]
    library.holds(*odd)
    assert len(library.finds("été")) == 1
    assert len(library.finds("STRASSE")) == 1
    assert len(library.finds("a" * 300)) == 1
    assert len(library.finds("ㅋㅋ")) == 1
    assert unicodedata.normalize("NFD", "été") != "été"
    assert len(library.finds(unicodedata.normalize("NFD", "été"))) == 1


def test_a_folder_without_an_index_is_damaged(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(Damaged):
        engine.reader(tmp_path)


def test_files_that_are_cut_are_damaged_and_not_an_error(library: Library) -> None:
    library.holds(*TEXTS)
    library.writer.close()
    for file in library.folder.iterdir():
        if file.suffix != ".lock" and file.stat().st_size > 10:
            file.write_bytes(b"broken")
    library.writer = _Closed()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Whoosh forgets to close what it can't read
        with pytest.raises(Damaged):
            library.engine.reader(library.folder)
        gc.collect()


class _Closed:
    """A writer that is closed already."""

    def close(self) -> None:
        """Do nothing."""


def test_one_process_writes(library: Library) -> None:
    library.writer.remove(["line:none"])  # an engine may lock only when it has something to write
    with pytest.raises(Busy):
        library.engine.writer(library.folder, building=False).commit(Mark())
