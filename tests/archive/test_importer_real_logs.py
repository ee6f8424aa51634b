"""Real logs that communities published import whole: every line counted, none left unexplained.

The logs are read in place, in `shared/data` beside the project or below `MADANG_SHARED`.
"""

import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from archive.formats import Outcome, Skip, Skipped
from archive.importer import ImportOptions, find_files, import_files, read_file
from hub.irc import Kind, Line
from tests.archive.test_importer_merging import Archive

What = Kind | Skip | str


@pytest.fixture(scope="module")
def data() -> Path:
    beside = Path(__file__).parents[2].parent / "shared"
    folder = Path(os.environ.get("MADANG_SHARED", beside)) / "data"
    if not folder.is_dir():
        pytest.skip(f"no real logs in {folder}: set MADANG_SHARED to read them")
    return folder


def what(outcome: Outcome) -> What:
    if isinstance(outcome, Line):
        return outcome.kind
    return outcome.why if isinstance(outcome, Skipped) else "not understood"


def counted(paths: Iterable[Path]) -> dict[str, Counter[What]]:
    options = ImportOptions("net", "#yard")
    return {
        file.path.name: Counter(what(outcome) for outcome in read_file(file, options))
        for file in find_files(paths)
    }


def tell(counts: Counter[What]) -> str:
    told = sorted(counts.items(), key=lambda item: (-item[1], str(item[0])))
    return f"{counts.total()}: " + ", ".join(f"{number} {kind}" for kind, number in told)


DISENTANGLEMENT = """\
2004-11-15_03.raw.txt 1250: 1077 say, 122 join, 23 action, 17 part, 11 nick
2005-06-27_12.raw.txt 1250: 1018 say, 203 join, 14 part, 8 nick, 7 action
2005-07-06_14.raw.txt 1500: 1200 say, 253 join, 21 part, 13 action, 11 nick, 2 mode
2005-08-08_01.raw.txt 1250: 1033 say, 169 join, 17 part, 15 nick, 12 action, 3 mode, 1 topic
2007-01-11_12.raw.txt 1500: 1085 say, 349 join, 42 part, 15 nick, 9 action
2007-12-01_03.raw.txt 1500: 1475 say, 23 nick, 2 action
2008-07-14_18.raw.txt 1500: 1464 say, 33 nick, 3 action
2008-12-11_11.raw.txt 1250: 1231 say, 16 nick, 3 action
2009-02-23_10.raw.txt 1250: 1219 say, 26 nick, 5 action
2009-03-03_10.raw.txt 1250: 1221 say, 24 nick, 5 action
2009-10-01_17.raw.txt 1250: 1211 say, 35 nick, 4 action
2010-08-17_18.raw.txt 1500: 1445 say, 52 nick, 3 action
2011-05-29_19.raw.txt 1250: 1208 say, 39 nick, 3 action
2011-11-13_02.raw.txt 1250: 1216 say, 30 nick, 4 action
2013-09-01_02.raw.txt 1500: 1456 say, 37 nick, 7 action
2014-06-18_13.raw.txt 1500: 1424 say, 72 nick, 4 action
2015-03-18_05.raw.txt 1500: 1440 say, 56 nick, 4 action
2016-02-22_17.raw.txt 1500: 1439 say, 58 nick, 3 action
2016-06-08_07.raw.txt 1500: 1430 say, 64 nick, 6 action
2016-12-19_20.raw.txt 1250: 1181 say, 64 nick, 5 action
mediawiki.0.ascii.txt 1200: 1174 say, 26 action
mediawiki.1.ascii.txt 1200: 1195 say, 5 action
mediawiki.2.ascii.txt 1200: 1176 say, 24 action
rust.0.ascii.txt 1200: 1179 say, 16 notice, 5 action
rust.1.ascii.txt 1200: 1197 say, 2 action, 1 notice
rust.2.ascii.txt 1200: 1188 say, 7 notice, 5 action
stripe.0.ascii.txt 1200: 1200 say
stripe.1.ascii.txt 1200: 1200 say
stripe.2.ascii.txt 1200: 1200 say
ubuntu-meeting.0.ascii.txt 1200: 1121 say, 46 action, 27 nick, 6 notice
ubuntu-meeting.1.ascii.txt 1200: 1144 say, 29 action, 18 notice, 9 nick
ubuntu-meeting.2.ascii.txt 1200: 1001 say, 152 join, 25 action, 14 part, 6 topic, 2 nick
"""

DURASPACE_MONTHS = {
    "2012-01": 1543,
    "2012-02": 2100,
    "2012-03": 2200,
    "2012-04": 1786,
    "2012-05": 2345,
    "2012-06": 2569,
    "2012-07": 1609,
    "2012-08": 2719,
    "2012-09": 1936,
    "2012-10": 2264,
    "2012-11": 2372,
    "2012-12": 1652,
}

DURASPACE = {
    Kind.SAY: 15951,
    Kind.JOIN: 3285,
    Kind.QUIT: 2604,
    Skip.SERVER: 1629,
    Skip.STATE: 738,
    Kind.ACTION: 341,
    Kind.PART: 324,
    Kind.NICK: 156,
    Skip.CTCP: 52,
    Kind.NOTICE: 6,
    Skip.PRIVATE: 5,
    Skip.MARKUP: 4,
}

MEETINGS = """\
april_12th_lightning_dev_meeting.2021-04-12-20.05.log.txt 284: 282 say, 2 action
https___github_com_lightningnetwork_lightning_rfc_issues_874.2021-05-24-20.12.log.txt 157: 155 say, 2 action
jun_7_lightning_spec_chat.2021-06-07-20.07.log.txt 152: 152 say
lightning_dev.2021-05-10-20.07.log.txt 297: 296 say, 1 action
lightning_march.2021-03-29-19.03.log.txt 317: 313 say, 4 action
lightning_meeting_name.2021-07-19-20.02.log.txt 428: 427 say, 1 action
lightning_spec_meeting.2021-11-08-19.02.log.txt 300: 300 say
ln_marketing_committee.2021-09-27-20.07.log.txt 347: 346 say, 1 action
ln_spec_meeting.2021-04-26-20.17.log.txt 243: 242 say, 1 action
ln_spec_meeting.2021-06-21-20.06.log.txt 265: 260 say, 5 action
ln_spec_meeting.2021-07-05-20.06.log.txt 398: 396 say, 2 action
ln_spec_meeting.2021-10-25-19.04.log.txt 436: 433 say, 3 action
meeting_name.2021-08-16-20.04.log.txt 349: 346 say, 3 action
not_the_marketing_committee.2021-09-13-20.06.log.txt 355: 355 say
spec_meeting.2021-03-15-19.01.log.txt 280: 277 say, 3 action
"""


def listed(counts: dict[str, Counter[What]]) -> str:
    return "".join(f"{name} {tell(counts[name])}\n" for name in sorted(counts))


def test_ubuntu_mediawiki_rust_and_stripe_logs_import_whole(data: Path) -> None:
    folder = data / "irclogs" / "disentanglement"
    counts = counted([*folder.glob("*.raw.txt"), *folder.glob("*.ascii.txt")])
    assert listed(counts) == DISENTANGLEMENT
    assert sum(count.total() for count in counts.values()) == 41_900


def test_a_year_of_pircbots_fragments_imports_whole(data: Path) -> None:
    counts = counted([data / "irclogs" / "duraspace" / "original-logs"])
    assert len(counts) == 365
    months = Counter[str]()
    for name, count in counts.items():
        months[name[:7]] += count.total()
    assert months == DURASPACE_MONTHS
    assert sum(counts.values(), Counter()) == DURASPACE
    assert sum(DURASPACE.values()) == 25_095


def test_meetbots_logs_import_whole(data: Path) -> None:
    counts = counted((data / "meetings" / "lightningd").glob("*/2021/*.log.txt"))
    assert listed(counts) == MEETINGS


def test_a_whole_folder_imports_once_and_reports_what_is_no_log(data: Path) -> None:
    archive = Archive()
    files = find_files([data / "irclogs"])
    report = import_files(files, archive.store, ImportOptions("net", "#yard"))
    assert (report.lines, report.read, report.new) == (66_995, 64_567, 64_567)
    assert report.not_understood == 0
    assert [file.path.name for file in report.problems] == ["LICENSE-data.txt", "README.md"]
    again = import_files(files, archive.store, ImportOptions("net", "#yard"))
    assert (again.new, again.already_there) == (0, 64_567)
