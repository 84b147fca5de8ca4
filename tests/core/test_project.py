from dataclasses import replace

import pytest

from drumapp.core.kit import HOUSE_KIT
from drumapp.core.pattern import Note, Pattern
from drumapp.core.project import MAX_SEED, Project, Take


def test_a_new_project_is_empty_and_has_the_house_kit() -> None:
    project = Project()
    assert (project.pattern, project.kit, project.takes) == (Pattern(), HOUSE_KIT, ())
    assert not project.drummer


def test_takes_are_added_at_the_end_replaced_in_place_and_removed() -> None:
    one, two = Take("1", seed=1), Take("2", seed=2, result=Pattern.of([Note(0, 36, 100)], length=1920))
    project = Project().with_take(one).with_take(two)
    assert project.takes == (one, two)
    starred = replace(one, starred=True)
    assert project.with_take(starred).takes == (starred, two)
    assert project.take("2") is two
    assert project.take("3") is None
    assert project.without_take("1").takes == (two,)
    assert project.without_take("3") == project


def test_the_project_before_stays_as_it_was() -> None:
    before = Project()
    before.with_take(Take("1"))
    assert before.takes == ()


def test_two_takes_of_one_id_are_refused() -> None:
    with pytest.raises(ValueError, match="share an id"):
        Project(takes=(Take("1"), Take("1", seed=2)))


@pytest.mark.parametrize("seed", [-1, MAX_SEED + 1])
def test_a_seed_that_no_drummer_takes_is_refused(seed: int) -> None:
    with pytest.raises(ValueError, match="seed"):
        Take("1", seed=seed)
