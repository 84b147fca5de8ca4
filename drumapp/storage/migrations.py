"""How project files of earlier versions become files of this one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeAlias

VERSION = 1
"""The version that is written. Raise it, with a migration from the one before, when an old program would misread."""

Records: TypeAlias = list[dict[str, Any]]
"""The lines of a file after the first, as JSON."""

Migration: TypeAlias = Callable[[Records], Records]

MIGRATIONS: Mapping[int, Migration] = MappingProxyType({})
"""By version: what turns its records into those of the next. Version 1 is the first, so nothing is older yet."""


def migrate(
    records: Records, version: int, migrations: Mapping[int, Migration] = MIGRATIONS, target: int = VERSION
) -> Records:
    """Bring records from ``version`` to ``target``, one version at a time."""
    for step in range(version, target):
        records = migrations[step](records)
    return records
