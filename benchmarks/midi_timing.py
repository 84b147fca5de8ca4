"""How punctual the virtual port is while everything else goes on, by a receiver's clock and the sender's own.

``python -m benchmarks.midi_timing [--notes 2000 | --seconds 600] [--json]``. 16ths of 137 bpm go through the engine's
virtual port (JACK without a card, 64 frames) to a receiver in another process. Meanwhile the window (offscreen)
repaints at 60 Hz, the drummer generates without end, and a training job holds a core. In the same run, at the same
moments, a bare loop of sleeps in a process of its own and a thread of the window's process with mido's plain loop.

JACK hands messages on at the ends of its periods, of 1.33 ms each. So the receiver cannot see when within a period a
message was sent: its stamps bound the lateness from both sides, and must agree with the sender's log within a period.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from benchmarks.long_piece import long_piece
from benchmarks.midi_receiver import Heard, read_heard, receiver
from benchmarks.servers import (
    PERIOD,
    RATE,
    end_tidily_on_signals,
    jack_server,
    machine_words,
    missing,
    running,
    wait_until,
    window_environment,
)
from benchmarks.timing_figures import Agreement, Lateness, drift_ms

SERVER = "drumapp-timing"
EAR, PLAIN_EAR = "Ear", "Plain ear"
NOTES = 2000
STEP_S = 60 / 137 / 4
PERIOD_NS = PERIOD / RATE * 1e9
LIMIT_MS, OF_SLEEP, OF_PLAIN, DRIFT_LIMIT_MS, SHARE_LIMIT = 1.0, 1.5, 0.25, 0.5, 0.99
_LEFT_OUT = 20  # notes of the start, while the window still lays itself out
_EXTRA_S = 60.0
_FILES, _NOTES_A_FILE = 6, 2000


@contextmanager
def training(folder: Path) -> Iterator[subprocess.Popen[Any]]:
    """A real training job on made beats, from when it has begun until the end."""
    from drumapp.midi.smf import write_pattern

    beats = folder / "beats"
    beats.mkdir()
    for number in range(_FILES):
        write_pattern(long_piece(_NOTES_A_FILE, number), beats / f"{number}.mid")
    command = [sys.executable, "-m", "drumapp", "train", str(beats), "-o", str(folder / "made.safetensors")]
    command += ["--for", "10h", "--json", "--job-folder", str(folder / "job")]
    said = folder / "training.jsonl"
    with said.open("w") as file:
        environment = window_environment(folder)
        with running(command, env=environment, stdout=file, stderr=subprocess.STDOUT) as process:
            wait_until(
                lambda: process.poll() is not None or '"progress"' in said.read_text(), "the training did not begin"
            )
            if process.poll() is not None:
                raise RuntimeError(f"the training ended at once: {said.read_text()}")
            yield process


def cpu_seconds(process_id: int) -> float:
    """What a process has used of processors so far."""
    fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def measure(notes: int) -> dict[str, Any]:
    """Play so many notes under load, and all figures of it. Raises RuntimeError when something does not come up."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        stack.enter_context(jack_server(SERVER))
        hears = stack.enter_context(receiver(folder / "heard.jsonl", [EAR, PLAIN_EAR]))
        train = stack.enter_context(training(folder))
        used, began = cpu_seconds(train.pid), time.monotonic()
        words = stack.enter_context((folder / "window.txt").open("w"))
        window = stack.enter_context(
            running(
                [sys.executable, "-m", "benchmarks.midi_timing_window", str(folder / "window.jsonl"), str(notes)],
                env=window_environment(folder),
                stdout=words,
                stderr=subprocess.STDOUT,
            )
        )
        sleeps = stack.enter_context(
            running([sys.executable, "-m", "benchmarks.sleep_loop", str(folder / "sleeps"), str(notes), str(STEP_S)])
        )
        patience_s = notes * STEP_S + _EXTRA_S
        wait_until(lambda: window.poll() is not None, "the window did not end", patience_s)
        wait_until(lambda: sleeps.poll() is not None, "the loop of sleeps did not end", patience_s)
        said = (folder / "window.txt").read_text()
        if window.returncode or "Traceback" in said:
            raise RuntimeError(f"the window ended with status {window.returncode}: {said}")
        if train.poll() is not None:
            raise RuntimeError("the training job ended before the notes did")
        share = (cpu_seconds(train.pid) - used) / (time.monotonic() - began)
        assert hears.stdin is not None
        hears.stdin.close()
        hears.wait(5)
        return {"training_cpu": round(share, 2), **figures(folder, notes)}


def figures(folder: Path, notes: int) -> dict[str, Any]:
    """What the files of a run say."""
    rows = [json.loads(line) for line in (folder / "window.jsonl").read_text().splitlines()]
    sent = [(due, at) for kind, due, at in rows if kind == "sent"]
    plain = [(due, at) for kind, due, at in rows if kind == "plain"]
    _, frames_a_second, written = next(row for row in rows if row[0] == "window")
    heard = read_heard(folder / "heard.jsonl")
    came, plain_came = _strikes(heard.get(EAR, [])), _strikes(heard.get(PLAIN_EAR, []))
    if len(came) != len(sent):
        raise RuntimeError(f"{len(sent)} notes were sent, but {len(came)} were received")
    due_ns, sent_ns, came_ns = ([*column[_LEFT_OUT:notes]] for column in (*zip(*sent, strict=True), came))
    agreement = Agreement.of(due_ns, sent_ns, came_ns, PERIOD_NS)
    sleeps = [int(line) for line in (folder / "sleeps").read_text().split()]
    late = Lateness.of([at - due for due, at in zip(due_ns, sent_ns, strict=True)])
    plain_late = Lateness.of([at - due for due, at in plain[_LEFT_OUT:]])
    even_ns = [due_ns[0] + number * STEP_S * 1e9 for number in range(len(due_ns))]
    return {
        "notes": len(due_ns),
        **late.named(""),
        **Lateness.of(sleeps).named("sleep_"),
        **plain_late.named("mido_"),
        "drift_ms": round(drift_ms([round(at) for at in even_ns], came_ns), 3),
        "sender_drift_ms": round(drift_ms([round(at) for at in even_ns], sent_ns), 3),
        "receiver_share": round(agreement.share, 4),
        "receiver_wait_p99_ms": round(agreement.p99_ms, 3),
        "receiver_wait_max_ms": round(agreement.max_ms, 3),
        "receiver_least_p99_ms": round(agreement.least_ms, 3),
        "receiver_most_p99_ms": round(agreement.most_ms, 3),
        "mido_received": len(plain_came),
        "frames_a_second": round(frames_a_second, 1),
        "notes_written": written,
    }


def _strikes(heard: list[Heard]) -> list[int]:
    return [entry.at_ns for entry in heard if entry.is_strike]


def limits(found: dict[str, Any]) -> dict[str, tuple[float, float]]:
    """Each figure that has a limit, and that."""
    return {
        "p99_ms": (found["p99_ms"], max(LIMIT_MS, OF_SLEEP * found["sleep_p99_ms"])),
        "p99_ms against mido's": (found["p99_ms"], OF_PLAIN * found["mido_p99_ms"]),
        "drift_ms": (abs(found["drift_ms"]), DRIFT_LIMIT_MS),
        "receiver_least_p99_ms": (found["receiver_least_p99_ms"], max(LIMIT_MS, OF_SLEEP * found["sleep_p99_ms"])),
    }


def is_good(found: dict[str, Any]) -> bool:
    """Whether every figure is within its limit."""
    return all(value <= most for value, most in limits(found).values()) and found["receiver_share"] >= SHARE_LIMIT


def describe(found: dict[str, Any]) -> list[str]:
    """The figures as a short table, with their limits."""
    names = (("the virtual port", ""), ("a bare loop of sleeps", "sleep_"), ("mido's plain loop", "mido_"))
    most = {name: value for name, (_, value) in limits(found).items()}
    return [
        f"{found['notes']} notes, 16ths of 137 bpm; {found['frames_a_second']} frames a second, "
        f"{found['notes_written']} notes generated, training at {found['training_cpu']:.0%} of a core; "
        f"{found['machine']}",
        f"{'late by, ms':24}{'p50':>8}{'p99':>8}{'max':>8}",
        *[
            f"{words:24}{found[f'{name}p50_ms']:8.2f}{found[f'{name}p99_ms']:8.2f}{found[f'{name}max_ms']:8.2f}"
            for words, name in names
        ],
        f"p99 at most {most['p99_ms']:.2f} ms (1 ms or {OF_SLEEP} times the bare loop's), and at most "
        f"{OF_PLAIN * found['mido_p99_ms']:.2f} ms (a quarter of mido's)",
        f"by the receiver's clock p99 lies between {found['receiver_least_p99_ms']:.2f} and "
        f"{found['receiver_most_p99_ms']:.2f} ms; {found['receiver_share']:.2%} of the notes came within a period of "
        f"{PERIOD_NS / 1e6:.2f} ms after they were sent (at least {SHARE_LIMIT:.0%}), the latest after "
        f"{found['receiver_wait_max_ms']:.2f} ms",
        f"drift {found['drift_ms']:+.2f} ms in ten minutes (at most {DRIFT_LIMIT_MS}), by the sender's log "
        f"{found['sender_drift_ms']:+.2f} ms",
        "verdict: " + ("good" if is_good(found) else "NOT GOOD"),
    ]


def main() -> int:
    """Measure and print; 1 when a limit is exceeded, 2 when it could not be measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--notes", type=int, default=NOTES)
    parser.add_argument("--seconds", type=float, help="play for so long instead")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    absent = missing("jackd", "jack_connect", "jack_lsp")
    if absent:
        print(f"not measured: {absent}", file=sys.stderr)
        return 2
    end_tidily_on_signals()
    machine = machine_words()
    notes = arguments.notes if arguments.seconds is None else round(arguments.seconds / STEP_S)
    found = {**measure(max(notes, 4 * _LEFT_OUT)), "machine": machine}
    print(json.dumps(found) if arguments.json else "\n".join(describe(found)))
    return 0 if is_good(found) else 1


if __name__ == "__main__":
    sys.exit(main())
