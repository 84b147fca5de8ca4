"""Killed training jobs: a job that is killed and taken up again comes to the weights of an unbroken one.

``python -m benchmarks.kill [--data DIR] [--kills N] [--events N] [--json]``. A job is trained whole; another with the
same seed is killed with SIGKILL at random moments, in the middle of writing checkpoints among them, and each time taken
up again. All weights are compared bit for bit. Without a folder the job learns from a few beats of the house drummer.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from drumapp.jobs.job import Job, make_job
from drumapp.jobs.launch import job_command
from drumapp.jobs.spec import JobSpec
from drumapp.lstm.checkpoint import load_model
from drumapp.lstm.generator import generate_pattern
from drumapp.lstm.presets import PRESETS
from drumapp.lstm.take_settings import GeneratorSettings
from drumapp.midi.smf import write_pattern
from drumapp.resources import default_model

KILLS = 10
EVENTS = 400_000
BEATS, BARS = 24, 16
SECONDS_BETWEEN_CHECKPOINTS = "0.3"
SEVERAL_STEPS = 3.0


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="a folder of MIDI files")
    parser.add_argument("--kills", type=int, default=KILLS)
    parser.add_argument("--events", type=int, default=EVENTS, help="notes the job hears")
    parser.add_argument("--seed", type=int, default=0, help="of the moments of the kills")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    rng = random.Random(args.seed)
    with tempfile.TemporaryDirectory(prefix="drumapp-kill-") as name:
        folder = Path(name)
        os.environ["DRUMAPP_STATE_DIR"] = str(folder / "state")
        os.environ["DRUMAPP_CHECKPOINT_SECONDS"] = SECONDS_BETWEEN_CHECKPOINTS
        data = args.data.resolve() if args.data else made_beats(folder / "beats")
        preset = PRESETS["groove-small"].changed({"events": args.events})
        whole, killed = (make_job(JobSpec(name, data, preset)) for name in ("Whole", "Killed"))
        work(whole)
        kills = sum(work_and_kill(killed, rng) for _ in range(args.kills))
        work(killed)
        one, other = load_model(whole.best).weights, load_model(killed.best).weights
        same = sum(weight.tobytes() == other[name].tobytes() for name, weight in one.items())
        figures = {"kills": kills, "weights": len(one), "same_to_the_bit": same}
    print(json.dumps(figures) if args.json else "  ".join(f"{name} {value}" for name, value in figures.items()))


def made_beats(folder: Path) -> Path:
    """A folder of beats of the house drummer."""
    folder.mkdir()
    model = load_model(default_model())
    for seed in range(BEATS):
        write_pattern(generate_pattern(model, GeneratorSettings(seed=seed, bars=BARS)), folder / f"{seed}.mid")
    return folder


def work(job: Job) -> None:
    """Go on to the end."""
    subprocess.run(job_command(job), check=True, capture_output=True)


def work_and_kill(job: Job, rng: random.Random) -> bool:
    """Go on, and be killed at some moment after the work itself has begun; whether there was work left to kill."""
    process = subprocess.Popen(job_command(job), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    before = set(job.states.glob("*.state"))
    while process.poll() is None and set(job.states.glob("*.state")) == before:
        time.sleep(0.005)
    time.sleep(rng.random() * SEVERAL_STEPS)
    alive = process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait()
    return alive


if __name__ == "__main__":
    main()
