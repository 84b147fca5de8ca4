"""How late a bare loop of sleeps is: what any program's timing has to be measured against on a busy computer.

``python -m benchmarks.sleep_loop FILE COUNT SECONDS``: sleeps until COUNT moments, so far apart, and writes by how many
nanoseconds it was late for each.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path


def main() -> None:
    """Sleep, note, sleep."""
    path, count, seconds = Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    start_ns = time.monotonic_ns()
    late = []
    for number in range(1, count + 1):
        due_ns = start_ns + round(number * seconds * 1e9)
        time.sleep(max(due_ns - time.monotonic_ns(), 0) / 1e9)
        late.append(time.monotonic_ns() - due_ns)
    path.write_text("".join(f"{entry}\n" for entry in late))


if __name__ == "__main__":
    main()
