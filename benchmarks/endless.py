"""Endless play while a restless user edits and switches outputs: what is missed, doubled or stuck, and what grows.

``python -m benchmarks.endless [--minutes 60] [--folder DIR] [--json]``. In the real window (offscreen) the drummer
plays without end; ten random edits a minute, and every minute other MIDI ports and another synth, soundfont or device.
A receiver in a process of its own listens to three ports; what it got is compared with the document as it was at each
moment. The memory of both processes is compared with that after five minutes, and the sound servers' xruns are counted;
a loop of sleeps on each core tells when the computer itself stood still.

Everything is kept in the folder as it happens: ``progress.txt`` says each minute how far it is, ``verdict.json`` and
``findings.txt`` what came of it. ``--judge`` looks at such a folder once more.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.endless_verdict import MS, Change, Span, Verdict, judge
from benchmarks.midi_receiver import read_heard, receiver
from benchmarks.servers import (
    bystander,
    connect,
    end_tidily_on_signals,
    jack_server,
    machine_words,
    missing,
    running,
    sound_server,
    window_environment,
)
from benchmarks.stalls import read_stalls, stall_watch
from benchmarks.underruns import judge_underruns
from drumapp.core.pattern import Note

SERVER = "drumapp-endless"
PERIOD = 512  # on a computer that stalls, the fewer periods the fewer are lost; timing is measured elsewhere
SINKS = ("SinkOne", "SinkTwo")
BUFFER_MS = 20  # as SoundSettings has it
VIRTUAL, EAR = "Drumapp", "Ear"
PORTS = {"Drumapp": "Ear", "Desk A:in": "Desk A", "Desk B:in": "Desk B"}
GROWTH_LIMIT = 0.05
EXTRA_S = 120.0
LOOK_S = 2.0
PROCESSES = ("window", "playing")


class Follower:
    """Reads a file of JSON lines while it is written."""

    def __init__(self, path: Path) -> None:
        self._path, self._place, self._rest = path, 0, ""

    def new(self) -> list[dict[str, Any]]:
        """The lines since the last call."""
        try:
            with self._path.open() as file:
                file.seek(self._place)
                text = self._rest + file.read()
                self._place = file.tell()
        except FileNotFoundError:
            return []
        *lines, self._rest = text.split("\n")
        return [json.loads(line) for line in lines]


def memory_kb(process_id: int) -> int:
    """What a process holds in memory of its own, in kB; shared libraries are not counted. 0 when it is gone."""
    try:
        text = Path(f"/proc/{process_id}/smaps_rollup").read_text()
    except OSError:
        return 0
    sizes = dict(line.split(":") for line in text.splitlines()[1:])
    return sum(int(sizes[name].split()[0]) for name in ("Private_Dirty", "Private_Clean") if name in sizes)


def play(folder: Path, seconds: float, seed: int) -> None:
    """Let it play, and keep in the folder what happened. Raises RuntimeError when something does not come up."""
    for name in ("window.jsonl", "watch.jsonl", "heard.jsonl"):
        (folder / name).unlink(missing_ok=True)  # of another run
    with ExitStack() as stack:
        runtime = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        jack = stack.enter_context(jack_server(SERVER, PERIOD, patient=True))
        pulse = stack.enter_context(sound_server(runtime, SINKS))
        for sink in SINKS:
            stack.enter_context(bystander(sink, BUFFER_MS))
        stack.enter_context(stall_watch(folder))
        stack.enter_context(receiver(folder / "heard.jsonl", [EAR, "Desk A", "Desk B"]))
        settings = runtime / "settings"
        settings.mkdir()
        words = stack.enter_context((folder / "window.txt").open("w"))
        command = [sys.executable, "-m", "benchmarks.endless_window", str(folder / "window.jsonl")]
        command += [str(seconds), str(seed), *SINKS]
        environment = window_environment(settings)
        window = stack.enter_context(running(command, env=environment, stdout=words, stderr=subprocess.STDOUT))
        _watch(folder, window, seconds, jack, pulse)


def _watch(folder: Path, window: subprocess.Popen[Any], seconds: float, jack: Any, pulse: Any) -> None:
    follower, began = Follower(folder / "window.jsonl"), time.monotonic()
    processes: dict[str, int] = {}
    last_look = last_word = 0.0
    head: dict[str, Any] = {}
    written = {"jack": 0, "pulse": 0}
    with (folder / "watch.jsonl").open("w") as file, (folder / "progress.txt").open("w") as progress:

        def write(kind: str, **more: Any) -> None:
            file.write(json.dumps({"t": time.monotonic_ns(), "kind": kind, **more}) + "\n")
            file.flush()

        while window.poll() is None:
            for line in follower.new():
                if line["kind"] == "begin":
                    processes = {name: line[name] for name in PROCESSES}
                elif line["kind"] == "head":
                    head = line
                elif line["kind"] == "ready" and line["port"] == VIRTUAL:
                    threading.Thread(target=_listen, args=(write,), daemon=True).start()
            for name, chatter in (("jack", jack), ("pulse", pulse)):
                while written[name] < len(chatter.lines):
                    at_ns, words = chatter.lines[written[name]]
                    written[name] += 1
                    file.write(json.dumps({"t": at_ns, "kind": name, "words": words}) + "\n")
            now = time.monotonic()
            if processes and now > last_look + LOOK_S:
                last_look = now
                write("memory", **{name: memory_kb(number) for name, number in processes.items()})
            if now > last_word + 60.0 and head:
                last_word = now
                bars = int(head["tick"]) // 1920
                memory = {name: f"{memory_kb(number) / 1024:.0f} MB" for name, number in processes.items()}
                said = f"minute {(now - began) / 60:.1f}: bar {bars}, {head['notes']} notes, {memory}"
                said += f", {len(jack.lines)} JACK and {len(pulse.lines)} PulseAudio messages"
                for place in (progress, sys.stderr):
                    print(said, file=place, flush=True)
            if now > began + seconds + EXTRA_S:
                raise RuntimeError("the window did not come to its end")
            time.sleep(0.1)
    if window.returncode or "Traceback" in (folder / "window.txt").read_text():
        print(f"the window ended with status {window.returncode}: see {folder / 'window.txt'}", file=sys.stderr)


def _listen(write: Any) -> None:
    try:
        connect("Drumapp:out", f"{EAR}:in", 10.0)
    except RuntimeError as error:
        write("problem", words=str(error))
    else:
        write("connected")


def examine(folder: Path) -> tuple[dict[str, Any], Verdict]:
    """What came of a run, from what was kept of it."""
    window = Follower(folder / "window.jsonl").new()
    watched = Follower(folder / "watch.jsonl").new()
    heard = read_heard(folder / "heard.jsonl")
    of_kind: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in (*window, *watched):
        of_kind[line["kind"]].append(line)
    begin_ns, end_ns = of_kind["settled"][0]["t"], (of_kind["stop"] or window[-1:])[-1]["t"]
    tick_ns = 60e9 / (of_kind["begin"][0]["bpm"] * 480)
    heads = [line for line in of_kind["head"] if line["playing"] and begin_ns <= line["t"]]
    events = [
        *[(line["t"], f"edit {line['what']}") for line in of_kind["edit"]],
        *[(line["t"], line["what"]) for line in of_kind["switch"]],
        *[(line["t"], f"{line['port']} {kind}") for kind in ("on", "off", "ready") for line in of_kind[kind]],
        *[(line["t"], line["words"]) for kind in ("problem", "jack") for line in of_kind[kind]],
    ]
    verdict = judge(
        [Change(line["t"], _notes(line["gone"]), _notes(line["came"])) for line in of_kind["notes"]],
        {port: heard.get(name, []) for port, name in PORTS.items()},
        _spans(of_kind, end_ns),
        guesses=[(line["t"], round(line["t"] - line["tick"] * tick_ns)) for line in heads if not line["waiting"]],
        tick_ns=tick_ns,
        start_ns=begin_ns,
        end_ns=end_ns,
        auditions=[(line["t"], line["key"]) for line in of_kind["audition"]],
        events=sorted(events),
    )
    late = verdict.late_ms or [float("nan")]
    seconds = (end_ns - begin_ns) / 1e9
    figures: dict[str, Any] = {
        "minutes": round(seconds / 60, 1),
        "notes_due": verdict.certain,
        "notes_heard": verdict.heard,
        "undecided": verdict.undecided,
        "missed": verdict.count("missed"),
        "extra": verdict.count("extra"),
        "stuck": verdict.count("stuck"),
        "moved": verdict.count("moved"),
        "waits": sum(line["waiting"] for line in heads),
        "late_p50_ms": float(np.percentile(late, 50)),
        "late_p99_ms": float(np.percentile(late, 99)),
        "late_max_ms": float(np.max(late)),
        "edits": len(of_kind["edit"]),
        "switches": sum(len(of_kind[kind]) for kind in ("switch", "on", "off")),
        **_xruns(of_kind, *read_stalls(folder)),
        "sounds": len(of_kind["sound"]),
        "problems": [line["words"] for line in of_kind["problem"]],
        "faults": [line["words"] for line in of_kind["fault"]],
    }
    for name in PROCESSES:
        figures |= _growth(name, of_kind["memory"], of_kind["rest"])
    return figures, verdict


def _xruns(
    of_kind: dict[str, list[dict[str, Any]]], stalls: Sequence[tuple[int, int]], sure: bool
) -> dict[str, int | bool]:
    """Those that are ours, and the others. A stall excuses only where it is sure to be none of our doing."""
    jack, pulse = of_kind["jack"], of_kind["pulse"]
    ours = [line for line in jack if "client" in line["words"] and "Drumapp" in line["words"]]
    server = [line["t"] for line in jack if line not in ours]
    others = [line["t"] for line in pulse if "pacat" in line["words"]]
    underruns = judge_underruns(
        [line["t"] for line in pulse if "pacat" not in line["words"]],
        [(line["at"] - round(line["ms"] * MS), line["at"]) for line in of_kind["gap"]],
        stalls if sure else (),
        [*others, *server],
    )
    return {
        "our_jack_xruns": sum("Running" in line["words"] for line in ours),
        "our_underruns": underruns.ours,
        "stalled_underruns": underruns.stalled,
        "underruns_on_time": underruns.on_time,
        "bystander_underruns": len(others),
        "jack_stalls": sum("JackTimedDriver" in line["words"] for line in jack),
        "stalls": len(stalls),
        "stalls_are_sure": sure,
    }


def _notes(rows: Sequence[Sequence[int]]) -> tuple[Note, ...]:
    return tuple(Note(*row) for row in rows)


def _spans(of_kind: dict[str, list[dict[str, Any]]], end_ns: int) -> dict[str, list[Span]]:
    """When each output was on: from its port being open, and for the virtual one connected, until it was let go."""
    spans: dict[str, list[Span]] = {}
    for port in PORTS:
        began = [line for line in of_kind["ready"] if line["port"] == port]
        if port == VIRTUAL:  # once connected it stays so
            began = [*of_kind["connected"][:1], *began[1:]]
        on = [line["t"] for line in of_kind["on"] if line["port"] == port]
        off = [line["t"] for line in of_kind["off"] if line["port"] == port]
        spans[port] = []
        for start_ns in on:
            stop_ns = min((at for at in off if at > start_ns), default=end_ns)
            heard_ns = min((line["t"] for line in began if line["t"] > start_ns), default=stop_ns)
            if heard_ns < stop_ns:
                spans[port].append(Span(heard_ns, stop_ns))
    return spans


def _growth(name: str, memory: Sequence[dict[str, Any]], rests: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The memory of a process after its first minutes, at its end, and by what share it grew in between.

    At both times every output was as at the start: soundfonts differ by tens of megabytes.
    """
    found = []
    for rest in (rests[:1], rests[-1:]):
        spans = [(line["t"] + line["seconds"] * 0.4e9, line["t"] + line["seconds"] * 1e9) for line in rest]
        found.append(
            [line[name] for line in memory for start, stop in spans if start <= line["t"] <= stop and line[name]]
        )
    warm, last = found
    if not warm or not last or len(rests) < 2:
        return {f"{name}_growth": None}
    first_mb, last_mb = statistics.median(warm) / 1024, statistics.median(last) / 1024
    return {
        f"{name}_first_mb": round(first_mb, 1),
        f"{name}_last_mb": round(last_mb, 1),
        f"{name}_growth": round(last_mb / first_mb - 1, 4),
    }


def is_good(figures: dict[str, Any]) -> bool:
    """Whether nothing was missed, doubled or stuck, no xrun was ours, memory did not grow and all was done as meant."""
    faults = ("missed", "extra", "stuck", "our_jack_xruns", "our_underruns", "faults")
    growth = [figures[f"{name}_growth"] for name in PROCESSES]
    return not any(figures[name] for name in faults) and all(g is not None and g <= GROWTH_LIMIT for g in growth)


def describe(figures: dict[str, Any]) -> list[str]:
    """The verdict as a short table."""
    lines = [
        f"{figures['minutes']} minutes of endless play, {figures['edits']} edits, {figures['switches']} switches:",
        f"  {figures['notes_due']} notes were due for sure, {figures['notes_heard']} were heard "
        f"({figures['undecided']} left open by an edit or a switch)",
        f"  missed {figures['missed']}, doubled or wrong {figures['extra']}, stuck {figures['stuck']} (each 0)",
        f"  late by {figures['late_p50_ms']:.2f} ms in the middle, {figures['late_p99_ms']:.2f} at p99, "
        f"{figures['late_max_ms']:.1f} at most; the music moved {figures['moved']} times; the drummer kept it "
        f"waiting at {figures['waits']} of as many looks as there were seconds",
        f"  xruns of ours {figures['our_jack_xruns']} in JACK, {figures['our_underruns']} in PulseAudio (each 0)",
        f"  when the computer stalled: {figures['stalled_underruns']} underruns of ours, "
        f"{figures['bystander_underruns']} of two plain players beside it, {figures['jack_stalls']} of the JACK "
        f"server; {figures['stalls']} times one of the computer's cores stood still",
        f"  with our thread on time, as a stream ended or the server was late: {figures['underruns_on_time']} more",
    ]
    if not figures["stalls_are_sure"]:
        lines.append("  (no core was watched with real-time priority: what stood still excuses nothing)")
    for name in PROCESSES:
        growth = figures[f"{name}_growth"]
        if growth is not None:
            lines.append(
                f"  memory of the {name} process {figures[f'{name}_first_mb']} MB, in the end "
                f"{figures[f'{name}_last_mb']} MB: {growth:+.1%} (at most {GROWTH_LIMIT:.0%})"
            )
    lines += [f"  went wrong in the run itself: {words}" for words in figures["faults"]]
    return [*lines, "verdict: " + ("good" if is_good(figures) else "NOT GOOD")]


def main() -> int:
    """Play, judge and print; 1 when the verdict is bad, 2 when it could not be run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where to keep everything (default: a new temporary folder)")
    parser.add_argument("--judge", action="store_true", help="only look at what is in the folder")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    absent = missing("jackd", "jack_connect", "jack_lsp", "pulseaudio", "pactl", "pacat")
    if absent and not arguments.judge:
        print(f"not measured: {absent}", file=sys.stderr)
        return 2
    end_tidily_on_signals()
    folder = arguments.folder or Path(tempfile.mkdtemp(prefix="drumapp-endless-"))
    folder.mkdir(parents=True, exist_ok=True)
    print(f"everything is kept in {folder}", file=sys.stderr, flush=True)
    machine = machine_words()
    if not arguments.judge:
        play(folder, arguments.minutes * 60, arguments.seed)
    figures, verdict = examine(folder)
    figures["machine"] = machine
    (folder / "verdict.json").write_text(json.dumps(figures, indent=2) + "\n")
    begin_ns = min((finding.at_ns for finding in verdict.findings), default=0)
    found = [f"+{(entry.at_ns - begin_ns) / MS / 1000:.3f} s {entry.kind}: {entry.words}" for entry in verdict.findings]
    (folder / "findings.txt").write_text("".join(f"{line}\n" for line in found))
    if arguments.json:
        print(json.dumps({**figures, "findings": found[:200]}))
    else:
        print("\n".join([*describe(figures), *found[:200]]))
    return 0 if is_good(figures) else 1


if __name__ == "__main__":
    sys.exit(main())
