"""What the demo's residents say: hints for newcomers and the small talk between them."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hint:
    """Something worth knowing, in English and Korean; told at once when `asked` finds its word.

    `{page}` stands for the address of the channel's newest page, `{nick}` for who is spoken to.
    """

    asked: re.Pattern[str]
    english: str
    korean: str


def _hint(asked: str, english: str, korean: str) -> Hint:
    return Hint(re.compile(asked, re.IGNORECASE), english, korean)


HINTS = (
    _hint(
        r"\b(hello|hi|hey|test|anybody|anyone)\b|안녕|반가|테스트",
        "{nick}: welcome! What you just said is on the web already: {page}",
        "{nick}: 어서 오세요! 방금 하신 말씀이 벌써 웹에 올라갔어요: {page}",
    ),
    _hint(
        r"\b(nolog|private|privacy|off the record|secret)\b|비밀|비공개|기록.{0,6}(싫|빼|안)",
        "{nick}: start a line with [nolog] and the archive keeps only that you spoke, not what.",
        "{nick}: 줄 앞에 [nolog]를 붙이면 말씀하셨다는 사실만 남고 내용은 기록되지 않아요.",
    ),
    _hint(
        r"\b(links?|permalink|url|cite|quote)\b|링크|주소|인용",
        "{nick}: click the time of any line in the archive: that address is its own, for good.",
        "{nick}: 기록에서 줄 앞의 시각을 누르면 그 줄만의 주소가 나와요. 바뀌지 않는 주소예요.",
    ),
    _hint(
        r"\b(live|follow|refresh|reload)\b|실시간|새로 ?고침",
        "{nick}: keep today's page open while you talk: new lines appear there by themselves.",
        "{nick}: 오늘 페이지를 열어 두고 이야기해 보세요. 새 줄이 저절로 나타나요.",
    ),
    _hint(
        r"\b(missed|away|lunch|back|since)\b|놓쳤|못 ?봤|점심|다녀",
        "{nick}: away for a while? The channel's page shows you what you missed since your last line.",
        "{nick}: 자리를 비우셨다면 채널 페이지에서 그동안 놓친 이야기를 모아 볼 수 있어요.",
    ),
    _hint(
        r"\b(import|old logs|irssi|weechat|history)\b|옛날|가져오|예전",
        "{nick}: old logs come in with: madang import irclogs LOGS --network N --channel '#c'",
        "{nick}: 예전 로그는 이렇게 가져와요: madang import irclogs LOGS --network N --channel '#c'",
    ),
)
"""In the order in which they are told when nobody asks."""

SMALL_TALK = (
    (("ada", "dalnim, is the kettle on?"), ("dalnim", "always. barley tea today, mind the cup")),
    (("dalnim", "평상에 앉아서 로그 읽는 중이에요"), ("ada", "좋은 데 앉았네요. 오늘은 조용하죠?")),
    (
        ("ada", "somebody is reading along, I can hear pages turning"),
        ("dalnim", "hello, reader :)"),
    ),
    (
        ("dalnim", "the persimmon tree in the yard has one fruit left"),
        ("ada", "leave it to the magpie"),
    ),
    (("dalnim", "까치밥은 남겨 뒀어요?"), ("ada", "그럼요, 제일 높은 가지에 하나 남겨 뒀죠")),
    (
        ("ada", "note to self: shorter lines, longer walks"),
        ("dalnim", "that one is worth a permalink"),
    ),
)
"""Who says what when a page is open and nobody talks."""

_HANGUL = re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")


def is_korean(text: str) -> bool:
    """Whether the text has Hangul in it."""
    return _HANGUL.search(text) is not None
