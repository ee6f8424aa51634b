"""The pads' benchmark does what it says, at sizes that take a moment: what is right, never how fast."""

from pathlib import Path

from benchmarks.pads import many, past, trace
from benchmarks.pads.fanning import Size, _measured
from benchmarks.pads.load import _KEY, Load, _spans, _typing
from pad.engine import Engine
from pad.lib0 import blob


def test_each_key_pressed_is_one_letter_at_its_clock() -> None:
    engine, keys = Engine(), _typing(Load(1, "/", 1), 3)
    for clock in range(60):
        frame = next(keys)
        message = frame[6:]
        assert frame[1] & 0x7F == len(message)
        assert list(_spans(message, "")) == [(1_003, clock, clock + 1)]
        engine.apply(message[3:])
        assert message[2:] == blob(message[3:])
    assert engine.text() == _KEY * 60


def test_all_that_is_typed_arrives_at_all_who_read(tmp_path: Path) -> None:
    found = _measured("Madang", tmp_path, Size(writers=4, readers=12, counted_s=1, runs=1))
    assert found.lost == 0
    assert found.delivered > 0
    assert 0 < found.p50_ms <= found.p95_ms
    assert found.cpu_s > 0


def test_drawn_keys_make_a_text_and_its_past_is_measured(tmp_path: Path) -> None:
    texts = [
        Engine(trace.updates(trace._drawn(2_000))).text(),
        Engine(trace.updates(trace._drawn(2_000))).text(),
    ]
    assert texts[0] == texts[1], "the same in every run"
    assert len(texts[0]) > 500
    found = past.figures(tmp_path, past.Size(edits=1_500, times=2))
    assert all(figure.median > 0 for figure in found if "keyframes" not in figure.name)


def test_lists_and_memory_are_measured(tmp_path: Path) -> None:
    found = many.figures(tmp_path, many.Size(pads=60, times=1, opened=20))
    assert [figure.unit for figure in found] == ["ms"] * 5 + ["times"] * 2
    assert all(figure.median > 0 for figure in found)
