"""The timing test in the window: every output in use, in the background, with what comes of it."""

import threading
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QAbstractButton, QLabel, QPushButton

from drumapp.core.errors import DrumappError
from drumapp.gui.setup_dialog import SetupDialog
from drumapp.gui.sound.histogram import Histogram
from drumapp.playback.engine import VIRTUAL_PORT, MidiPortsChanged
from drumapp.playback.output_settings import NO_DEVICE
from drumapp.playback.self_test import SelfTest
from drumapp.playback.timing_report import TimingReport
from drumapp.port_choices import OutputChoice
from tests.gui.gui_fakes import no_thread
from tests.gui.window_acts import BEAT, click, trigger

MODULE = "TD-17:TD-17 MIDI 1"


class Test:
    """A test that ends when it is let on. Attributes: asked, with what; outcome, returned or raised."""

    __test__ = False

    def __init__(self) -> None:
        self.asked = []
        self.under_way, self.let_on = threading.Event(), threading.Event()
        self.outcome: SelfTest | Exception = SelfTest(
            "PulseAudio", 20.0, report("PulseAudio", 3.0), (report(MODULE, 0.34),), ("The port Nord is not there.",)
        )

    def __call__(self, sound, outputs, progress) -> SelfTest:
        self.asked.append((sound, outputs))
        progress(0.25)
        self.under_way.set()
        assert self.let_on.wait(20)
        progress(1.0)
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


def report(name: str, median_ms: float) -> TimingReport:
    return TimingReport(name, 73, median_ms, 0.9, 2.3, 0.4, (5, 30, 20, 10, 5, 2, 0, 0, 1), -round(median_ms, 1))


@pytest.fixture
def test() -> Test:
    return Test()


@pytest.fixture
def page(application, test):
    application.settings.midi_outputs = (
        OutputChoice(MODULE, offset_ms=-2.0, keys=(36,), send_clock=True),
        OutputChoice(VIRTUAL_PORT),
        OutputChoice("Off", on=False),
    )
    application.midi.start()
    application.engine.events.append(MidiPortsChanged((MODULE,), ()))
    application.conductor.tick()
    application.sound.timing._run = test
    trigger(application, "test_timing")
    dialog = application.window.findChild(SetupDialog)
    yield dialog.timing
    test.let_on.set()


def texts(page) -> str:

    found = [
        each for kind in (QLabel, QAbstractButton) for result in page.results for each in result.findChildren(kind)
    ]
    found += [result for result in page.results if isinstance(result, QLabel)]
    return " | ".join(each.text() for each in found)


def test_outputs_in_use_are_tested_with_device_and_ports_to_themselves(page, application, engine, test, qtbot) -> None:
    application.document.replace(BEAT, "Open")
    engine.start()
    application.conductor.play()
    click(page.button)
    assert not engine.playing
    qtbot.waitUntil(test.under_way.is_set)
    ((sound, outputs),) = test.asked
    assert sound == application.sound.control.sound
    assert [(output.port, output.offset_ms, output.keys) for output in outputs] == [
        (MODULE, 0.0, None),
        (VIRTUAL_PORT, 0.0, None),
    ]
    assert engine.sound.device == NO_DEVICE
    assert [output.port for output in engine.midi.outputs] == [VIRTUAL_PORT], "nobody is cut off from our own port"
    application.sound.control.set_volume(-6.0)
    assert engine.sound.device == NO_DEVICE, "also for what is turned meanwhile"
    qtbot.waitUntil(lambda: page.progress.value() == 250)
    assert page.button.text() == "Cancel"
    test.let_on.set()
    qtbot.waitUntil(lambda: page.button.text() == "Test timing")
    assert engine.sound == replace(sound, volume_db=-6.0)
    assert [output.port for output in engine.midi.outputs] == [MODULE, VIRTUAL_PORT]
    assert application.settings.midi_outputs[0].offset_ms == -2.0


def test_results_are_shown_and_an_offset_is_taken_over(page, application, engine, test, qtbot) -> None:
    test.let_on.set()
    click(page.button)
    qtbot.waitUntil(lambda: len(page.results) == 3)
    words = texts(page)
    assert MODULE in words
    assert "Jitter 0.56 ms. 73 notes, late by 0.34 ms in the middle" in words
    assert "drift +0.40 ms in ten minutes" in words
    assert "It holds back 20 ms" in words
    assert "Not tested: The port Nord is not there." in words
    histogram = page.results[0].findChild(Histogram)
    assert "> 10: 1" in histogram.accessibleDescription()
    button = page.results[0].findChild(QPushButton)
    assert button.text() == "Set its offset to -0.3 ms"
    click(button)
    assert engine.midi.outputs[0].offset_ms == -0.3
    assert application.settings.midi_outputs[0].offset_ms == -0.3
    qtbot.waitUntil(lambda: "Its offset is -0.3 ms, as it should be." in texts(page))


@pytest.mark.parametrize("how", ["button", "dialog", "window"])
def test_it_can_be_left(page, application, engine, test, qtbot, how: str) -> None:
    click(page.button)
    qtbot.waitUntil(test.under_way.is_set)
    timing = application.sound.timing
    if how == "window":
        test.let_on.set()
        application.window.close()
        assert no_thread("timing test")
        return
    if how == "button":
        click(page.button)
        assert not page.button.isEnabled()
    else:
        page.window().close()
    test.let_on.set()
    qtbot.waitUntil(lambda: not timing.running)
    assert timing.result is None
    assert timing.problem == "The test was cancelled."
    assert engine.sound == application.sound.control.sound


@pytest.mark.parametrize(
    ("error", "words"), [(DrumappError("No way."), "No way."), (ZeroDivisionError("oh"), "ZeroDivisionError: oh")]
)
def test_a_test_that_fails_says_so(page, application, engine, test, qtbot, error, words) -> None:
    test.outcome = error
    test.let_on.set()
    click(page.button)
    qtbot.waitUntil(lambda: words in page.problem.text())
    assert page.button.text() == "Test timing"
    assert engine.sound == application.sound.control.sound


def test_a_port_that_is_gone_has_no_offset_to_set(page, test, qtbot) -> None:
    test.outcome = SelfTest("x", 0.0, None, (report("Gone", 1.0),), ())
    test.let_on.set()
    click(page.button)
    qtbot.waitUntil(lambda: len(page.results) == 1)
    assert "Set its offset" not in texts(page)
