"""A folder of MIDI files as material to learn from."""

from drumapp.midi.corpus.cache import Cache, CacheError
from drumapp.midi.corpus.corpus import Corpus
from drumapp.midi.corpus.filters import Filters
from drumapp.midi.corpus.labels import TRAIN, VALIDATION, CorpusError
from drumapp.midi.corpus.looking import look_into, scan_folder
from drumapp.midi.corpus.piece import FileEntry, Piece, Refusal
from drumapp.midi.corpus.report import CorpusReport, report_on
from drumapp.midi.corpus.rows import Pieces
from drumapp.midi.corpus.verdicts import Verdict

__all__ = [
    "TRAIN",
    "VALIDATION",
    "Cache",
    "CacheError",
    "Corpus",
    "CorpusError",
    "CorpusReport",
    "FileEntry",
    "Filters",
    "Piece",
    "Pieces",
    "Refusal",
    "Verdict",
    "look_into",
    "report_on",
    "scan_folder",
]
