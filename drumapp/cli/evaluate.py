"""``drumapp evaluate``: how well a drummer foretells human drumming."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from drumapp.cli.corpus_options import add_corpus_options, open_corpus
from drumapp.cli.progress import progress
from drumapp.core.errors import DrumappError

_DESCRIPTION = """\
Let a drummer hear MIDI files and measure how surprised it is, in nats a note (the lower the better), for each of its
four decisions: when the next hit comes, on which drum, how loud, and how far off the grid."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its options."""
    parser = subparsers.add_parser("evaluate", help="measure a drummer on MIDI files", description=_DESCRIPTION)
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="a folder of MIDI files")
    parser.add_argument("--model", type=Path, metavar="FILE", help="the drummer (default: the house drummer)")
    parser.add_argument(
        "--split", metavar="NAME", help="files of this split of the folder's info.csv (default: those held out)"
    )
    parser.add_argument("--labels", action="store_true", help="tell the drummer each file's style, where known")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    add_corpus_options(parser)


def run(args: argparse.Namespace) -> int:
    """Measure and print. Raises DrumappError when model or folder are no good."""
    from drumapp.lstm.checkpoint import load_model
    from drumapp.lstm.evaluation import evaluate
    from drumapp.lstm.material import table_of
    from drumapp.midi.corpus import VALIDATION
    from drumapp.resources import default_model

    model = load_model(args.model or default_model())
    corpus = open_corpus(args, args.data)
    split = args.split or VALIDATION
    pieces = corpus.of_split(split)
    if not pieces and args.split is None:
        split, pieces = "all", corpus.pieces
    if not pieces:
        raise DrumappError(f"{args.data} has no file of the split {split!r}.")
    try:
        table = table_of(pieces, model.vocabulary, model.architecture.bar_memory, labels=args.labels)
    except ValueError as error:
        raise DrumappError(f"{model.name} has no word for any drum in {args.data}.") from error
    with progress(f"{model.name} listens") as report:
        result = evaluate(model, table, progress=report)
    heads = {name: round(nats, 4) for name, nats in result.nats_by_head.items()}
    if args.json:
        figures = {"notes": result.notes, "nats": round(result.nats, 4), **heads}
        print(json.dumps({**figures, "split": split, "files": len(pieces), "refused": len(corpus.refused)}))
    else:
        print(f"{model.name} on {len(pieces)} files ({split}), {result.notes} notes, nats a note:")
        for name, nats in heads.items():
            print(f"  {name:<12} {nats:6.3f}")
        print(f"  delay+pitch  {result.nats:6.3f}")
        if corpus.refused:
            print(f"{len(corpus.refused)} files were refused; the first: {corpus.refused[0].reason}")
    return 0
