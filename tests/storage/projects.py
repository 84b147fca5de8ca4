"""Projects to store, drawn at random and made by hand."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from drumapp.core.kit import HOUSE_KIT, DrumKit, Family, Lane
from drumapp.core.pattern import Note, Pattern
from drumapp.core.project import MAX_SEED, Project, Take, UnknownFields
from drumapp.core.timing import Metre, MetreChange, MetreMap, Range, TempoChange, TempoMap

ticks = st.integers(0, 1 << 36)
notes = st.builds(Note, ticks, st.integers(0, 127), st.integers(1, 127), st.integers(1, 1 << 20))
metres = st.builds(Metre, st.integers(1, 32), st.sampled_from([1, 2, 4, 8, 16, 32]))
tempos = st.floats(20, 400)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
fields = st.dictionaries(st.text(max_size=8), json_values, max_size=3)
strange_fields = st.dictionaries(st.sampled_from(["colour", "x-swing", "éclat"]), json_values, max_size=2)


@st.composite
def metre_maps(draw: st.DrawFn) -> MetreMap:
    later = draw(st.lists(st.integers(1, 1 << 30), unique=True, max_size=3).map(sorted))
    return MetreMap(tuple(MetreChange(tick, draw(metres)) for tick in (0, *later)))


@st.composite
def tempo_maps(draw: st.DrawFn) -> TempoMap:
    later = draw(st.lists(st.integers(1, 1 << 30), unique=True, max_size=3).map(sorted))
    return TempoMap(tuple(TempoChange(tick, draw(tempos)) for tick in (0, *later)))


patterns = st.builds(
    Pattern.of,
    st.lists(notes, max_size=40),
    length=ticks,
    tempo=tempo_maps(),
    metre=metre_maps(),
    name=st.text(max_size=20),
)
kits = st.builds(
    DrumKit,
    st.text(max_size=10),
    st.lists(
        st.builds(
            Lane,
            st.text(max_size=8),
            st.integers(0, 127),
            st.sampled_from(Family),
            st.integers(0, 16),
            st.floats(-60, 12),
            st.floats(-1, 1),
            st.booleans(),
            st.booleans(),
            st.booleans(),
        ),
        unique_by=lambda lane: lane.key,
        max_size=6,
    ).map(tuple),
)
loops = st.none() | st.builds(lambda start, length: Range(start, start + length), ticks, st.integers(1, 1 << 20))
locks = st.frozensets(notes, max_size=4)
takes = st.builds(
    Take,
    st.text(max_size=6),
    st.text(max_size=6),
    st.booleans(),
    st.text(max_size=6),
    st.text(max_size=6),
    st.integers(0, MAX_SEED),
    fields,
    st.text(max_size=6),
    st.floats(0, 1e10),
    st.none() | patterns,
    strange_fields,
)
takes = st.builds(
    lambda take, strange: take if take.result is None else replace(take, unknown_result=strange), takes, strange_fields
)


@st.composite
def projects(draw: st.DrawFn) -> Project:
    kit = draw(kits)
    lanes = {lane.key: draw(strange_fields) for lane in kit.lanes}
    unknown = UnknownFields(
        draw(strange_fields),
        draw(strange_fields),
        draw(strange_fields),
        {key: strange for key, strange in lanes.items() if strange},
        tuple({name: value} for name, value in draw(strange_fields).items()),
    )
    drawn_takes = draw(st.lists(takes, unique_by=lambda take: take.id, max_size=3))
    return Project(
        draw(patterns),
        kit,
        draw(fields),
        tuple(drawn_takes),
        unknown,
        draw(loops),
        draw(locks),
        draw(st.text(max_size=4)),
    )


def beat(count: int = 64) -> Project:
    """A project with ``count`` notes on sixteenths, a take and settings."""
    played = [Note(120 * index, (36, 42, 38, 42)[index % 4], 60 + index % 60) for index in range(count)]
    take = Take(
        "1",
        "first",
        True,
        "c0ffee",
        "House",
        7,
        {"style": "funk"},
        "",
        1.5,
        Pattern.of([Note(0, 36, 100)], length=1920),
    )
    return Project(Pattern.of(played, name="Beat"), HOUSE_KIT, {"style": "funk", "feel": True}, (take,))
