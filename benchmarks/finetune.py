"""Does it pay to go on from the house drummer? Sixty files of one style, five minutes, on held-out files of it.

``python -m benchmarks.finetune --data GROOVE [--styles rock,latin,funk] [--seconds 300] [--json]``. For each style
three drummers are held against files of it that none has learnt from, in nats a note (delay and drum): the house
drummer, one that went on from it, and one that was trained from nothing for as long on the same sixty files, both with
``drumapp train`` as a user has it. Each is told the style.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from drumapp.lstm.checkpoint import DrumModel, load_model
from drumapp.lstm.evaluation import evaluate
from drumapp.lstm.material import table_of
from drumapp.midi.corpus import TRAIN, VALIDATION, Corpus, Filters, Piece, scan_folder
from drumapp.midi.corpus.labels import lot
from drumapp.resources import default_model

FILES = 60
STYLES = "rock,latin,funk"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="a corpus with styles and splits, such as Groove")
    parser.add_argument("--styles", default=STYLES, help=f"default: {STYLES}")
    parser.add_argument("--seconds", type=float, default=300.0, help="of training for each drummer (default: 300)")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="to train with (default: all cores)")
    parser.add_argument("--scratch", default="groove-small", help="preset of the drummer trained from nothing")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    corpus = scan_folder(args.data)
    figures: dict[str, dict[str, float]] = {}
    for style in args.styles.split(","):
        of_style = corpus.select(Filters(styles=(style,)))
        with tempfile.TemporaryDirectory(prefix="drumapp-finetune-") as folder:
            some = sixty_files(of_style, Path(folder, style))
            house = load_model(default_model())
            figures[style] = {
                "house": nats(house, of_style),
                "fine_tuned": nats(trained(some, args, ["--start-from", "groove"]), of_style),
                "from_nothing": nats(trained(some, args, ["--preset", args.scratch]), of_style),
            }
        if not args.json:
            print(
                f"{style:<12}" + "  ".join(f"{name} {value:.3f}" for name, value in figures[style].items()), flush=True
            )
    if args.json:
        print(json.dumps(figures))


def parted(corpus: Corpus) -> tuple[list[Piece], list[Piece]]:
    """The files the house drummer has not learnt from, in two halves by lot: for learning from, and to be held out."""
    unseen = sorted(corpus.of_split(VALIDATION), key=lambda piece: lot(piece.path.as_posix()))
    return unseen[::2], unseen[1::2]


def sixty_files(corpus: Corpus, folder: Path) -> Path:
    """A folder with sixty of a corpus's files, as a user would have them: those that are new to the house drummer, and
    of the others so many, by lot, that there are sixty. Every third of the new ones says when training was at its best.
    """
    folder.mkdir(parents=True)
    new, _ = parted(corpus)
    known = sorted(corpus.of_split(TRAIN), key=lambda piece: lot(piece.path.as_posix()))
    rows = ["midi_filename,style,beat_type,split"]
    for number, piece in enumerate([*new, *known][:FILES]):
        name = f"{number}.mid"
        shutil.copyfile(corpus.folder / piece.path, folder / name)
        split = VALIDATION if number < len(new) and number % 3 == 0 else TRAIN
        rows.append(f"{name},{piece.style or ''},{piece.kind or ''},{split}")
    (folder / "info.csv").write_text("\n".join(rows) + "\n")
    return folder


def trained(folder: Path, args: argparse.Namespace, options: list[str]) -> DrumModel:
    """What ``drumapp train`` makes of a folder."""
    output, job = folder.parent / "drummer.safetensors", folder.parent / "job"
    shutil.rmtree(job, ignore_errors=True)
    command = [sys.executable, "-m", "drumapp", "train", str(folder), "-o", str(output), "--job-folder", str(job)]
    command += ["--for", f"{args.seconds:g}s", "--processes", str(args.processes), *options]
    subprocess.run(command, check=True, capture_output=True)
    return load_model(output)


def nats(model: DrumModel, corpus: Corpus) -> float:
    """Nats a note of a drummer on the files of a corpus that nobody has learnt from."""
    table = table_of(parted(corpus)[1], model.vocabulary, model.architecture.bar_memory)
    return evaluate(model, table).nats


if __name__ == "__main__":
    main()
