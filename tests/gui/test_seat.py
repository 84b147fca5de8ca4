from drumapp import resources
from drumapp.gui.generation import Request
from drumapp.gui.seat import ModelSeat
from drumapp.lstm.checkpoint import load_model
from drumapp.lstm.generator import generate_pattern
from drumapp.lstm.take_settings import GeneratorSettings


def test_takes_that_share_a_stepper_play_as_those_that_do_not() -> None:
    model = load_model(resources.default_model())
    seat = ModelSeat(model)
    broken_off = seat.make(Request(GeneratorSettings(seed=1, bars=None)))
    for _ in range(50):
        next(broken_off)
    for seed in range(3):
        settings = GeneratorSettings(seed=seed, bars=2)
        assert tuple(sorted(seat.make(Request(settings)))) == generate_pattern(model, settings).notes


def test_a_take_that_was_left_goes_on_from_its_own_memory() -> None:
    model = load_model(resources.default_model())
    seat = ModelSeat(model)
    settings = GeneratorSettings(seed=4, bars=4)
    left = seat.make(Request(settings))
    notes = [next(left) for _ in range(10)]
    list(seat.make(Request(GeneratorSettings(seed=5, bars=1))))
    notes += left

    assert tuple(sorted(notes)) == generate_pattern(model, settings).notes
