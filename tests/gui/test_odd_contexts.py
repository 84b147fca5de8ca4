"""The shipped drummer asked to go on from what it has no words for."""

import pytest

from drumapp import resources
from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import Metre, MetreChange, MetreMap
from drumapp.gui.conductor import Conductor
from drumapp.gui.document import Document
from drumapp.gui.seat import ModelSeat
from drumapp.lstm.checkpoint import load_model
from drumapp.lstm.take_settings import GeneratorSettings
from tests.gui.gui_fakes import RecordingEngine

BAR = 1920
CONTEXTS = {
    "melody": Pattern.of([Note(tick, 60 + tick // 240 % 24, 90, 200) for tick in range(0, 4 * BAR, 240)]),
    "strange keys": Pattern.of([Note(0, 0, 100), Note(480, 127, 100), Note(960, 36, 100)], length=BAR),
    "forty at once": Pattern.of([Note(960, key, 100) for key in range(30, 70)], length=BAR),
    "no notes": Pattern(length=2 * BAR),
    "nothing at all": Pattern(),
    "200 bars of silence": Pattern.of([Note(0, 36, 100)], length=200 * BAR),
    "five, then seven": Pattern.of(
        [Note(tick, 38, 80) for tick in range(0, 4000, 333)],
        length=2400 + 1680,
        metre=MetreMap((MetreChange(0, Metre(5, 4)), MetreChange(2400, Metre(7, 8)))),
    ),
    "one twice": Pattern.of([Note(0, 36, 100), Note(0, 36, 40), Note(0, 36, 40)], length=BAR),
}


@pytest.fixture(scope="module")
def seat() -> ModelSeat:
    return ModelSeat(load_model(resources.default_model()))


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("name", CONTEXTS)
def test_it_goes_on_and_leaves_the_users_notes_as_they_are(qtbot, seat: ModelSeat, name: str) -> None:
    document, engine = Document(), RecordingEngine()
    conductor = Conductor(document, engine)
    said: list[str] = []
    failed: list[str] = []
    conductor.said.connect(said.append)
    conductor.failed.connect(failed.append)
    conductor.set_seat(seat)
    document.replace(CONTEXTS[name], "Open")
    conductor.go_on(GeneratorSettings(seed=1, bars=2))

    def ended() -> bool:
        engine.position += 200
        conductor.tick()
        return not document.in_take

    qtbot.waitUntil(ended, timeout=30_000)
    conductor.close()
    context, after = CONTEXTS[name], document.pattern
    assert not failed
    remaining = list(after.notes)
    for note in context.notes:
        remaining.remove(note)
    assert after.bars == context.bars + 2
    assert after.metre == context.metre
    if name in ("melody", "strange keys", "forty at once"):
        assert len(said) == 1
        assert said[0].endswith(".")
    document.undo()
    assert document.pattern == context
