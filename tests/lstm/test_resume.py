"""Going on from a context as if it had been played."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
import torch

from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import Metre, MetreChange, MetreMap, TempoMap
from drumapp.lstm.chart import Chart
from drumapp.lstm.checkpoint import DrumModel, load_model
from drumapp.lstm.dice import FRESH_MEMORY, noise_rng
from drumapp.lstm.encoding import EventTable, Labels, encode_pattern
from drumapp.lstm.generator import DrumGenerator, generate_pattern
from drumapp.lstm.memory_trail import MemoryTrail
from drumapp.lstm.mind import Mind
from drumapp.lstm.stepper import Memory, Stepper
from drumapp.lstm.take_settings import GeneratorSettings
from drumapp.lstm.timeline import Timeline
from drumapp.resources import default_model
from tests.lstm.drummers import PITCHES, VOCABULARY, busy_model, random_beat
from tests.lstm.test_stepper import heard_and_said, torch_network

BAR = 1920


@pytest.fixture(scope="module")
def house() -> DrumModel:
    return load_model(default_model())


@pytest.fixture(scope="module")
def house_stepper(house: DrumModel) -> Stepper:
    return Stepper(house)


def pattern_of(notes: list[Note], settings: GeneratorSettings) -> Pattern:
    return Pattern.of(notes, tempo=TempoMap.constant(settings.tempo), metre=MetreMap.constant(settings.metre))


WAYS: dict[str, Callable[[GeneratorSettings], GeneratorSettings]] = {
    "as it comes": lambda settings: settings,
    "no feel": lambda settings: replace(settings, feel=False),
    "playable": lambda settings: replace(settings, playable=True, tempo=210.0),
    "7/8, wild, another variation": lambda settings: replace(
        settings, metre=Metre(7, 8), time_temperature=1.5, pitch_temperature=1.2, variation=3
    ),
    "cold, no feel": lambda settings: replace(settings, time_temperature=0.0, pitch_temperature=0.3, feel=False),
}


def assert_goes_on_as_unbroken(model: DrumModel, stepper: Stepper, settings: GeneratorSettings, stops: int) -> None:
    whole = list(DrumGenerator(model, settings, stepper))
    assert settings.bars is not None
    rng = random.Random(settings.seed)
    for stop in [rng.randrange(1, len(whole)) for _ in range(stops)]:
        chart = Chart(pattern_of(whole[:stop], settings), None, settings.bars * settings.metre.ticks_per_bar)
        assert list(DrumGenerator(model, settings, stepper, chart=chart)) == whole[stop:]


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_a_stopped_take_goes_on_from_its_notes_as_if_it_had_not_been_stopped(
    house: DrumModel, house_stepper: Stepper, way: Callable[[GeneratorSettings], GeneratorSettings]
) -> None:
    for seed in range(3):
        assert_goes_on_as_unbroken(house, house_stepper, way(GeneratorSettings(seed=seed, bars=32)), 1)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_so_do_drummers_of_all_sorts(way: Callable[[GeneratorSettings], GeneratorSettings]) -> None:
    for seed in range(10):
        model = busy_model(seed)
        assert_goes_on_as_unbroken(model, Stepper(model), way(GeneratorSettings(seed=seed, bars=32)), 2)


def test_a_take_cut_where_it_was_settled_goes_on_too(house: DrumModel, house_stepper: Stepper) -> None:
    """As the window cuts it: by tick, some notes behind the drummer."""
    settings = GeneratorSettings(seed=11, bars=16)
    run = DrumGenerator(house, settings, house_stepper)
    whole = list(run)
    run = DrumGenerator(house, settings, house_stepper)
    played = list(islice(run, 150))
    settled = run.settled
    context = [note for note in played if note.start < settled]
    assert len(context) < len(played)
    chart = Chart(pattern_of(context, settings), None, 16 * BAR)
    assert list(DrumGenerator(house, settings, house_stepper, chart=chart)) == whole[len(context) :]


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_whole_bars_go_on_with_the_bars_that_a_longer_take_has(
    way: Callable[[GeneratorSettings], GeneratorSettings],
) -> None:
    model = busy_model(6)
    for seed in range(5):
        settings = way(GeneratorSettings(seed=seed, bars=12))
        short, long = (generate_pattern(model, replace(settings, bars=bars)) for bars in (8, 12))
        onward = generate_pattern(model, settings, Chart(short, short.length, long.length, by_beat=True))
        assert onward == replace(long, name=onward.name)


@pytest.mark.parametrize("feel", [True, False])
def test_what_was_turned_while_playing_is_part_of_the_take(feel: bool) -> None:
    model = busy_model(3)
    stepper = Stepper(model)
    settings = GeneratorSettings(seed=4, bars=16, feel=feel)
    run = DrumGenerator(model, settings, stepper)
    whole = list(islice(run, 40))
    run.freshen()
    whole += islice(run, 25)
    run.set_temperatures(time=1.4)
    run.set_temperatures(pitch=0.4)
    whole += islice(run, 1)
    run.freshen(1.0)
    run.freshen(1.0)
    whole += run
    assert whole != list(DrumGenerator(model, settings, stepper))
    turned = run.settings
    assert [change.fresh for change in turned.changes] == [0.1, None, None, 1.0, 1.0]
    assert list(DrumGenerator(model, turned, stepper)) == whole
    for stop in (1, 39, 40, 41, 64, 65, 66, 67, 90, len(whole) - 1):
        chart = Chart(pattern_of(whole[:stop], settings), None, 16 * BAR)
        assert list(DrumGenerator(model, turned, stepper, chart=chart)) == whole[stop:]


def test_a_change_before_the_first_note_counts() -> None:
    model = busy_model(3)
    stepper = Stepper(model)
    run = DrumGenerator(model, GeneratorSettings(seed=4, bars=8), stepper)
    run.freshen(2.0)
    whole = list(run)
    assert list(DrumGenerator(model, run.settings, stepper)) == whole
    chart = Chart(pattern_of(whole[:20], run.settings), None, 8 * BAR)
    assert list(DrumGenerator(model, run.settings, stepper, chart=chart)) == whole[20:]


def edited(notes: list[Note], rng: random.Random) -> list[Note]:
    """Some notes moved, removed, added and reweighed."""
    notes = list(notes)
    for _ in range(rng.randint(1, 8)):
        index = rng.randrange(len(notes))
        match rng.randrange(4):
            case 0:
                del notes[index]
            case 1:
                notes[index] = notes[index]._replace(start=max(0, notes[index].start + rng.randint(-200, 200)))
            case 2:
                notes[index] = notes[index]._replace(velocity=rng.randint(1, 127))
            case _:
                notes.append(Note(rng.randrange(notes[-1].start + 1), rng.choice(PITCHES), rng.randint(1, 127)))
    return sorted(notes)


@pytest.mark.parametrize("feel", [True, False])
def test_a_memory_from_the_trail_is_the_one_from_nothing(feel: bool) -> None:
    model = busy_model(5)
    stepper = Stepper(model)
    rng = random.Random(6)
    settings = GeneratorSettings(seed=9, bars=64, feel=feel)
    run = DrumGenerator(model, settings, stepper)
    notes = list(islice(run, 300))
    run.freshen()
    notes += islice(run, 100)
    settings, trail = run.settings, run.trail
    for _ in range(15):
        notes = edited(notes, rng)
        chart = Chart(pattern_of(notes, settings), None, 64 * BAR)
        assert_same_memory(model, stepper, settings, chart.pattern, trail)
        from_trail = DrumGenerator(model, settings, stepper, chart=chart, trail=trail)
        from_nothing = DrumGenerator(model, settings, stepper, chart=chart)
        assert from_trail.trail is trail
        fresh = list(islice(from_nothing, 30))
        assert list(islice(from_trail, 30)) == fresh
        notes += fresh[: rng.randrange(10)]


def test_a_trail_of_other_settings_is_not_believed() -> None:
    model = busy_model(5)
    stepper = Stepper(model)
    settings = GeneratorSettings(seed=9, bars=16)
    run = DrumGenerator(model, settings, stepper)
    notes = list(islice(run, 100))
    for other in (
        replace(settings, seed=8),
        replace(settings, memory_range=0.5),
        replace(settings, style="rock"),
        replace(settings, feel=False),
        replace(settings, time_temperature=0.2),
    ):
        assert_same_memory(model, stepper, other, pattern_of(notes, settings), run.trail)
        assert_same_memory(model, stepper, other, pattern_of(notes[:1], settings), run.trail)
    assert_same_memory(model, stepper, settings, Pattern.of(notes, tempo=TempoMap.constant(60.0)), run.trail)
    assert_same_memory(model, stepper, settings, Pattern.of(notes, metre=MetreMap.constant(Metre(3, 4))), run.trail)


def assert_same_memory(
    model: DrumModel, stepper: Stepper, settings: GeneratorSettings, context: Pattern, trail: MemoryTrail
) -> None:
    """From the trail as from nothing."""
    from_trail, from_nothing = (
        DrumGenerator(model, settings, stepper, chart=Chart(context, None), trail=kept).memory for kept in (trail, None)
    )
    np.testing.assert_array_equal(from_trail.h, from_nothing.h)
    np.testing.assert_array_equal(from_trail.c, from_nothing.c)


def test_the_memory_after_random_edits_is_torchs(house: DrumModel, house_stepper: Stepper) -> None:
    rng = random.Random(3)
    settings = GeneratorSettings(seed=5, bars=None, style="funk")
    run = DrumGenerator(house, settings, house_stepper)
    notes = sorted(islice(run, 2000))
    for _ in range(5):
        notes = edited(notes, rng)
    pattern = pattern_of(notes, settings)
    mind = Mind(house_stepper, settings, Timeline(pattern.tempo, pattern.metre), run.trail)
    heard_rows = mind.listen(house.vocabulary.encode(pattern.notes).rows)

    table = encode_pattern(pattern, house.vocabulary, house.architecture.bar_memory, Labels("funk", "beat"))
    table.column("microtiming")[:] = heard_rows[:, 3]  # before tick 0 notes do not show it
    heard, _ = heard_and_said(house_stepper, EventTable(table.columns, table.rows, table.starts))
    inputs = {name: torch.from_numpy(heard[None, :, i]) for i, name in enumerate(house_stepper.input_columns)}
    start = Memory.fresh(2, 256, settings.memory_range, noise_rng(settings.seed, FRESH_MEMORY))
    network = torch_network(house)
    with torch.no_grad():
        x = torch.cat([network._look_up(part, inputs) for part in network._inputs], dim=-1)
        _, (h, c) = network.lstm(x, tuple(torch.from_numpy(m[:, None].astype(np.float64)) for m in (start.h, start.c)))
    np.testing.assert_allclose(mind.memory.h, h[:, 0].numpy(), rtol=0, atol=1e-5)
    np.testing.assert_allclose(mind.memory.c, c[:, 0].numpy(), rtol=0, atol=1e-5)


@pytest.mark.parametrize("feel", [True, False])
def test_nothing_new_lies_before_the_start_wherever_that_is(feel: bool) -> None:
    rng = random.Random(8)
    for case in range(40):
        model = busy_model(case)
        context = random_beat(case, notes=rng.randint(0, 80), bars=4)
        start = rng.choice([rng.randrange(5 * BAR), rng.randrange(5) * BAR, 4 * BAR])
        settings = GeneratorSettings(seed=case, feel=feel)
        run = DrumGenerator(model, settings, chart=Chart(context, start, start + 2 * BAR))
        new = list(run)
        assert all(start <= note.start < start + 2 * BAR for note in new)
        assert [*run.chart.standing] == [
            note for note in context.notes if note in run.chart.standing and note not in run.chart.replaced
        ]
        struck = [((note.start + 10) // 20, note.pitch) for note in new]
        assert struck == sorted(set(struck))
        assert list(DrumGenerator(model, settings, chart=Chart(context, start, start + 2 * BAR))) == new


def test_an_early_stroke_of_the_first_beat_is_not_struck_twice() -> None:
    early = Note(4 * BAR - 8, 36, 100)
    context = Pattern.of([*random_beat(1, bars=3).notes, early])
    for seed in range(100):
        settings = GeneratorSettings(seed=seed, pitch_temperature=3.0)
        run = DrumGenerator(busy_model(seed), settings, chart=Chart(context, 4 * BAR, 5 * BAR))
        new = list(run)
        assert early in run.chart.standing
        assert not [note for note in new if note.pitch == 36 and abs(note.start - early.start) <= 20]


def test_draws_before_the_start_are_left_out_and_the_rest_is_as_the_network_says() -> None:
    """The first note's frequencies, over many throws of the dice, against the probabilities of what is left."""
    model = busy_model(2)
    stepper = Stepper(model)
    context = random_beat(2, notes=60, bars=2)
    settings = GeneratorSettings(seed=1, time_temperature=1.3, pitch_temperature=0.8)
    start = ((context.notes[-1].start + 10) // 20 + 3) * 20 - 10  # all microtimings of its grid position are allowed
    locked = frozenset({PITCHES[1]})
    mind = Mind(stepper, settings, Timeline(context.tempo, context.metre))
    mind.listen(VOCABULARY.encode(context.notes).rows)
    mind.attend()
    stepper.keep()
    past = mind.past
    delays = np.exp(stepper.delay_scores.astype(float) / 1.3)
    expected: dict[tuple[int, int], float] = {}
    for delay in range(3, 97):
        stepper.withdraw()
        position = past.position + delay
        scores = stepper.tell_delay(delay, past.timeline.place(position), past.struck(position)).astype(float) / 0.8
        drums = np.exp(scores) / np.exp(scores).sum()
        for pitch, key in enumerate(PITCHES):
            if key not in locked:
                expected[position, key] = delays[delay] * drums[pitch]
    total = sum(expected.values())
    runs = 3000
    counts = dict.fromkeys(expected, 0)
    trail = None
    for variation in range(runs):
        run = DrumGenerator(
            model,
            replace(settings, variation=variation),
            stepper,
            chart=Chart(context, start, None, locked),
            trail=trail,
        )
        trail = run.trail
        note = next(run)
        counts[(note.start + 10) // 20, note.pitch] += 1
    for cell, share in expected.items():
        probability = share / total
        tolerance = 4.5 * np.sqrt(probability * (1 - probability) / runs) + 1 / runs
        assert counts[cell] / runs == pytest.approx(probability, abs=tolerance), cell


SILENCE = 200 * BAR


def test_two_hundred_bars_of_silence_break_nothing(house: DrumModel, house_stepper: Stepper) -> None:
    beat = random_beat(3, notes=40, bars=2)
    settings = GeneratorSettings(seed=2)
    for tick in (SILENCE, SILENCE + 100, SILENCE + 7 * 240):
        new = list(DrumGenerator(house, settings, house_stepper, chart=Chart(beat, tick, tick + 2 * BAR)))
        assert new
        assert tick <= new[0].start < tick + BAR
    later = Pattern.of([*beat.notes, *(note._replace(start=note.start + SILENCE) for note in beat.notes)])
    new = list(DrumGenerator(house, settings, house_stepper, chart=Chart(later, None, SILENCE + 8 * BAR)))
    assert new
    assert new[0].start >= SILENCE


@pytest.mark.parametrize("metre", [Metre(4, 4), Metre(7, 8), Metre(5, 4), Metre(15, 8), Metre(2, 4)])
def test_after_silence_the_beat_begins_close_to_the_start_in_any_metre(metre: Metre) -> None:
    beat = random_beat(3, notes=30, bars=2, metre=metre)
    for gap in (0, 1, 30, 95, 96, 97, 150, 191, 192, 1000):
        last = (beat.notes[-1].start + 10) // 20
        tick = (last + gap) * 20
        run = DrumGenerator(busy_model(gap), GeneratorSettings(seed=gap), chart=Chart(beat, tick))
        note = next(run)
        assert tick <= note.start <= tick + 97 * 20


def test_without_a_note_before_it_a_beat_begins_at_the_start(house: DrumModel, house_stepper: Stepper) -> None:
    for start in (0, 4 * BAR, 4 * BAR + 480, 77):
        for feel in (True, False):
            settings = GeneratorSettings(seed=1, feel=feel)
            run = DrumGenerator(house, settings, house_stepper, chart=Chart(Pattern(), start, start + 2 * BAR))
            assert start <= next(run).start < start + 40


def test_a_beat_after_empty_bars_is_as_lively_as_one_without(house: DrumModel, house_stepper: Stepper) -> None:
    counts = []
    for start in (0, 32 * BAR):
        counts.append(
            sum(
                len(
                    list(
                        DrumGenerator(
                            house,
                            GeneratorSettings(seed=seed),
                            house_stepper,
                            chart=Chart(Pattern(), start, start + 8 * BAR),
                        )
                    )
                )
                for seed in range(6)
            )
        )
    assert counts[1] == pytest.approx(counts[0], rel=0.15)


def test_another_metre_and_metre_changes_are_followed(house: DrumModel, house_stepper: Stepper) -> None:
    metre = MetreMap((MetreChange(0, Metre(3, 4)), MetreChange(4 * 1440, Metre(7, 8))))
    context = Pattern.of([Note(tick, 36, 100) for tick in range(0, 4 * 1440, 480)], metre=metre)
    run = DrumGenerator(
        house, GeneratorSettings(seed=1), house_stepper, chart=Chart(context, 4 * 1440, 4 * 1440 + 3360)
    )
    new = list(run)
    assert new
    written = run.chart.written(new)
    assert written.metre == metre
    assert written.length == 4 * 1440 + 3360


def test_forty_notes_on_one_tick_and_a_melody_break_nothing(house: DrumModel, house_stepper: Stepper) -> None:
    heap = [Note(480, key, 100) for key in range(30, 70)]
    melody = [Note(tick * 100, 60 + tick % 24, 90, 400) for tick in range(60)]
    for notes in (heap, melody, heap + melody):
        context = Pattern.of(notes)
        for settings in (GeneratorSettings(seed=3), GeneratorSettings(seed=3, playable=True, feel=False)):
            run = DrumGenerator(house, settings, house_stepper, chart=Chart(context, None, 12 * BAR))
            new = list(run)
            assert new
            assert set(run.chart.written(new).notes) == set(context.notes) | set(new)
