"""The stories of the sample community, written by hand: what its talk (archive/sample) is about, filed.

Days are whole days before today, clocks UTC. In braces stand `{line -8 08:19:30}`, the address of a line in
#madang-dev, and `{minutes -6}`, that of the minutes of the meeting at 14:00 on that day.
"""

from dataclasses import dataclass

from tracker.states import Importance, Stage

PEOPLE = {
    "bori": "Bori",
    "dalnim": "달님",
    "ferdi": "Ferdi",
    "gureum": "구름",
    "haneul": "Haneul",
    "junseo": "준서",
    "kite": "Kite",
    "marisol": "Marisol",
    "moss": "Moss",
    "nilufer": "Nilufer",
    "okra": "Okra",
    "pepper": "Pepper",
    "wiktor": "Wiktor",
}
"""Who files and does things, by slug."""

FIRMWARE, CURVES, HUB, DOCS = (
    "jangdokdae/firmware",
    "jangdokdae/curves",
    "jangdokdae/hub",
    "jangdokdae/docs",
)
PROJECTS = {
    FIRMWARE: "What runs in the lid: sensors, flash, radio",
    CURVES: "Draws what a crock did all week, on anything that has a screen",
    HUB: "The machine in the library rack, and what runs on it",
    DOCS: "How to build, mend and understand all of it",
}
MILESTONE = "winter-1.2"
"""The firmware's next release, which gets what is merged there."""
TEMPLATE = """**What happened?**

**What should have happened?**

**Which crock, which firmware** (it stands on the sticker under the lid)?
"""
"""What a new story of the firmware begins with."""
GROUP = ("jangdokdae", "Jangdokdae, the open fermentation logger")


@dataclass(frozen=True, slots=True)
class Work:
    """A task: whose, in which project, and how it went: (day, clock, stage) in order."""

    title: str
    project: str
    who: str
    went: tuple[tuple[int, str, Stage], ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """A comment."""

    day: int
    clock: str
    who: str
    text: str


@dataclass(frozen=True, slots=True)
class Tale:
    """A story with all that became of it. meeting: the day of the meeting that it came out of."""

    title: str
    by: str
    day: int
    clock: str
    text: str
    importance: Importance = Importance.UNDECIDED
    tags: tuple[str, ...] = ()
    kind: str = "bug"
    tasks: tuple[Work, ...] = ()
    said: tuple[Said, ...] = ()
    affects: tuple[str, ...] = ()
    needs: tuple[int, ...] = ()
    duplicate_of: int = 0
    meeting: int = 0
    files: tuple[tuple[str, str], ...] = ()


_RELAY = """\
22:00:01 relay: 614 cuts tonight, one every 20 to 40 s, drawn by lot
23:17:42 cut 118: torn record, slot 3
02:51:08 cut 391: torn record, slot 3
05:40:55 cut 560: torn record, slot 7
06:12:30 relay: done, 3 of 614 torn
"""
_DUMP = """\
0000  4a 44 03 00 9a 1f 07 e9 0b 17 02 | 1e 3c 00 51 07
      ^ new, eleven bytes                ^ old, from here on
"""

TALES: tuple[Tale, ...] = (
    Tale(
        "After a power cut the last record is half new, half old",
        "wiktor",
        -8,
        "08:24:00",
        "One power cut in about two hundred leaves a record that is neither the old one nor the new"
        " one: the first *eleven bytes* of the new, then the old.\n\nA relay has found 3 of 614 so"
        " far, while I had dinner: {line -8 08:19:30}\n\n## How to see it\n\n1. Let a crock write each"
        " minute.\n2. Cut the power with a relay, at random.\n3. Compare what it says after with what"
        " the base station heard.\n\n## What it should do\n\nSay what it said before, or what it said"
        " last. Nothing in between.",
        Importance.CRITICAL,
        ("flash", "power-cut", "3.1"),
        files=(("relay-night.log", _RELAY), ("dump.txt", _DUMP)),
        tasks=(
            Work(
                "Two slots, the newest whole one wins",
                FIRMWARE,
                "bori",
                ((-8, "12:22:00", Stage.IN_PROGRESS), (-7, "16:05:00", Stage.REVIEW)),
            ),
            Work(
                "Acknowledge only after reading back",
                FIRMWARE,
                "bori",
                ((-7, "08:06:00", Stage.CONFIRMED), (-7, "15:40:00", Stage.REVIEW)),
            ),
            Work(
                "Let the relay cut power every night",
                HUB,
                "okra",
                ((-8, "16:00:00", Stage.IN_PROGRESS), (-8, "17:15:00", Stage.MERGED)),
            ),
            Work("Explain what “stored” means now", DOCS, "marisol", ()),
        ),
        said=(
            Said(
                -8,
                "08:29:10",
                "bori",
                "The chip's page buffer is not flushed by our write. It is flushed by the *next* write,"
                " or by the driver after 40 ms, or by nobody. {line -8 08:27:58}",
            ),
            Said(
                -8,
                "14:05:00",
                "moss",
                "Two slots, a sequence number and a checksum. Never be clever.",
            ),
            Said(
                -7,
                "09:00:00",
                "nilufer",
                "For the notes: **nothing is confirmed that could still be lost.**",
            ),
            Said(
                -7,
                "16:02:00",
                "okra",
                "```\nnever-clever + ack-after-read-back\n1,204 cuts, 0 zombies, 0 lost acks\n```",
            ),
            Said(-7, "16:04:00", "wiktor", "I trust zero only after breakfast."),
        ),
        affects=("ferdi", "gureum", "okra"),
    ),
    Tale(
        "The curve of a week takes 900 ms on the flour telephone",
        "haneul",
        -8,
        "09:05:00",
        "The widget draws the whole week again for each sample. On my laptop nobody sees it. On the"
        " telephone with flour in it, everybody does.",
        Importance.HIGH,
        ("speed", "old-phones"),
        tasks=(
            Work(
                "Draw only what is new, and move the rest",
                CURVES,
                "haneul",
                ((-8, "09:08:00", Stage.REVIEW), (-8, "09:40:00", Stage.MERGED)),
            ),
        ),
        said=(
            Said(
                -8,
                "09:09:00",
                "haneul",
                "Snapping to whole samples: 900 → **31 ms**. Thanks, kite!",
            ),
            Said(-7, "05:12:00", "ferdi", "I can see the dough from the oven now. Thank you."),
        ),
        affects=("ferdi",),
    ),
    Tale(
        "Each sample reads the whole calibration table again",
        "wiktor",
        -7,
        "09:12:00",
        "`src/calib.c`, line 88 and below: it opens the table, reads all of it and closes it, three"
        " hundred times a day, since 2.4. The blame says wiktor.\n\nA good first story: {line -7"
        " 09:11:11}",
        Importance.MEDIUM,
        ("low-hanging-fruit", "speed"),
        tasks=(
            Work(
                "Keep the table, compare its sequence number",
                FIRMWARE,
                "junseo",
                (
                    (-7, "09:18:00", Stage.IN_PROGRESS),
                    (-7, "10:38:00", Stage.REVIEW),
                    (-6, "07:30:00", Stage.RELEASED),
                ),
            ),
        ),
        said=(
            Said(-7, "10:39:30", "wiktor", "Hm. (That was the second hm: approved.)"),
            Said(
                -7,
                "10:41:00",
                "junseo",
                "1.9 ms → 0.4 ms. `fake_flash_says_no(3)` 만든 분 감사합니다!",
            ),
        ),
    ),
    Tale(
        "Say why each default is what it is",
        "marisol",
        -20,
        "14:04:30",
        "People ask why kimchi stops at 4 °C and soy at 18. There are 214 defaults and one of them"
        " has a reason written down.",
        Importance.HIGH,
        ("docs", "defaults"),
        "feature",
        tasks=(
            Work(
                "A list of all defaults",
                DOCS,
                "marisol",
                ((-19, "10:00:00", Stage.IN_PROGRESS), (-13, "13:30:00", Stage.MERGED)),
            ),
            Work(
                "A page for each curve, with links to the talk",
                DOCS,
                "marisol",
                ((-12, "09:00:00", Stage.IN_PROGRESS), (-6, "13:00:00", Stage.MERGED)),
            ),
            Work("Link to the page from the widget's settings", CURVES, "haneul", ()),
        ),
        said=(
            Said(-13, "13:31:00", "marisol", "214 defaults. The list is done, I have aged."),
            Said(-6, "15:00:00", "gureum", "간장 18도에 이유가 있었다니… 읽고 나니 마음이 놓여요."),
        ),
        meeting=-20,
    ),
    Tale(
        "Write the relay rig down, so that others can build one",
        "nilufer",
        -6,
        "14:09:00",
        "Parts, wiring, and the script that decides at random. Wiktor says that it fits on one"
        " breadboard; his breadboard fits on one table.",
        Importance.MEDIUM,
        ("docs", "testing"),
        "feature",
        tasks=(
            Work("Draw the wiring", DOCS, "wiktor", ((-4, "18:00:00", Stage.IN_PROGRESS),)),
            Work(
                "Publish the script that cuts", FIRMWARE, "okra", ((-3, "09:00:00", Stage.REVIEW),)
            ),
        ),
        said=(Said(-5, "20:11:00", "pepper", "can it be plaid"),),
        needs=(1,),
        meeting=-6,
    ),
    Tale(
        "Error bars need a look of their own: red is “too warm”",
        "haneul",
        -7,
        "15:26:00",
        "Red is taken. Colour alone is not enough anyway: it should read on paper and for eyes that"
        " do not tell red from green.",
        Importance.LOW,
        ("accessibility", "design"),
        "feature",
        tasks=(
            Work("Hatching, 45 degrees, 6 px", CURVES, "kite", ((-5, "11:00:00", Stage.REVIEW),)),
        ),
        said=(Said(-7, "15:27:30", "kite", "Hatching reads without colour as well."),),
    ),
    Tale(
        "Kimchi curve shows yesterday after midnight in Seoul",
        "gureum",
        -5,
        "15:40:00",
        "밤 열두 시가 지나도 그래프 제목이 어제 날짜예요. 서울은 이미 오늘인데 말이죠.\n\nThe title is in"
        " UTC, the axis in the crock's own time.",
        Importance.MEDIUM,
        ("time-zones", "korean"),
        tasks=(
            Work(
                "One clock for title and axis", CURVES, "haneul", ((-4, "09:00:00", Stage.TRIAGED),)
            ),
        ),
        affects=("dalnim", "junseo"),
        said=(Said(-5, "16:02:00", "dalnim", "저도 겪어요. 캡처 올릴게요."),),
    ),
    Tale(
        "Date in the title is wrong at night",
        "junseo",
        -4,
        "15:10:00",
        "자정이 지나면 제목 날짜가 하루 늦습니다.",
        tags=("time-zones",),
        duplicate_of=7,
    ),
    Tale(
        "A page on how to ask for removal from the log",
        "nilufer",
        -6,
        "14:15:00",
        "Who wants a line gone should find out how in one minute, and be answered within a day.",
        Importance.HIGH,
        ("docs", "privacy"),
        "feature",
        tasks=(
            Work(
                "Write the page",
                DOCS,
                "marisol",
                ((-5, "08:00:00", Stage.IN_PROGRESS), (-2, "17:20:00", Stage.REVIEW)),
            ),
            Work("Answer within a day: who, when nobody is awake?", HUB, "okra", ()),
        ),
        meeting=-6,
    ),
    Tale(
        "Bring moss's boxes into the archive, 2003 to 2014",
        "okra",
        -6,
        "14:14:00",
        "Four boxes, one hand-made log format, and a Korean friend whose lines came out as question"
        " marks for fourteen years.",
        Importance.MEDIUM,
        ("archive", "history"),
        "feature",
        tasks=(
            Work(
                "Bring boxes one to four, in that order",
                HUB,
                "moss",
                ((-5, "07:00:00", Stage.IN_PROGRESS),),
            ),
            Work(
                "Read minutes since the client was started",
                HUB,
                "okra",
                ((-6, "16:00:00", Stage.IN_PROGRESS), (-5, "12:00:00", Stage.MERGED)),
            ),
        ),
        said=(
            Said(
                -6,
                "16:30:00",
                "moss",
                "There is a line with the date at each start. When I remembered.",
            ),
        ),
        meeting=-6,
    ),
    Tale(
        "A button with a rocket on it upgrades the compiler",
        "okra",
        -8,
        "11:23:00",
        "It said “upgrade available” and it had a rocket on the button.\n\nThe build grew by 3 %:"
        " the new compiler inlines the crc into eleven places.",
        Importance.LOW,
        ("build",),
        tasks=(
            Work("Remove the rocket", HUB, "okra", ((-8, "11:30:00", Stage.MERGED),)),
            Work(
                "Keep the crc out of line, and say why",
                FIRMWARE,
                "okra",
                ((-8, "11:50:00", Stage.RELEASED),),
            ),
        ),
        said=(Said(-8, "11:31:00", "pepper", "i miss the rocket"),),
    ),
    Tale(
        "Plaid",
        "pepper",
        -7,
        "15:26:30",
        "I mean it.",
        Importance.WISHLIST,
        ("design",),
        "feature",
        tasks=(Work("Plaid error bars", CURVES, "pepper", ((-7, "15:50:00", Stage.WONT_FIX),)),),
        said=(Said(-7, "15:49:00", "haneul", "Thank you, pepper. No."),),
    ),
    Tale(
        "Sourdough: nineteen buckets on one base station",
        "ferdi",
        -3,
        "03:55:00",
        "From the twelfth bucket on, samples come late, and from the seventeenth not at all. I bake"
        " at four, so please do not hurry for me.",
        tags=("radio",),
        affects=("ferdi",),
        said=(
            Said(
                -3,
                "07:40:00",
                "bori",
                "Nineteen! We tested with six. Which radio, and how far apart?",
            ),
            Said(
                -3,
                "08:15:00",
                "ferdi",
                "The one with the blue cap. Two metres, with a wall of flour.",
            ),
        ),
    ),
    Tale(
        "도움말을 한국어로",
        "dalnim",
        -4,
        "12:06:00",
        "번역 모임에서 나온 일입니다. 도움말 나머지를 나누어 번역하고, 소리 내어 읽어 본 뒤에 합칩니다.",
        Importance.MEDIUM,
        ("korean", "docs"),
        "feature",
        tasks=(
            Work(
                "알림 글 소리 내어 읽고 고치기",
                CURVES,
                "gureum",
                ((-3, "10:00:00", Stage.IN_PROGRESS),),
            ),
            Work("낱말 모음 시작하기", DOCS, "junseo", ((-2, "13:00:00", Stage.REVIEW),)),
        ),
        said=(Said(-3, "10:20:00", "gureum", "“항아리가 춥습니다”는 귀여우니까 그대로 둘게요."),),
    ),
)
