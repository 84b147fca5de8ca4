"""Builds drumapp.sf2, the built-in drum kit, and its digest. Run it with no arguments; --check only compares."""

from __future__ import annotations

import argparse
import hashlib
import sys
from pathlib import Path

import numpy as np
from kit_synthesis.assembly import assemble, render_kit
from kit_synthesis.kit import KIT
from kit_synthesis.mastering import loudness_db, peak_db, seconds_of
from kit_synthesis.soundfont_writer import soundfont_bytes

FOLDER = Path(__file__).resolve().parent
SOUNDFONT = FOLDER / "drumapp.sf2"
DIGEST = FOLDER / "drumapp.sf2.sha256"


def build() -> bytes:
    """The SoundFont file; the same bytes on every run."""
    return soundfont_bytes(assemble(render_kit()))


def main() -> int:
    """Write the file, or compare it; 1 where --check finds a difference."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare with the stored digest, write nothing")
    parser.add_argument("--table", action="store_true", help="print length, loudness and peak of every layer")
    options = parser.parse_args()

    sounds = render_kit()
    if options.table:
        for drum in KIT:
            for layer, hardness in zip(sounds[drum.key], drum.hardnesses, strict=True):
                stereo = "stereo" if len(layer) == 2 else "mono"
                level = loudness_db(np.stack(layer) / 32768.0)
                print(
                    f"{drum.key} {drum.name:20} hardness {hardness:.2f} {seconds_of(layer):5.2f} s {stereo:6} "
                    f"loudness {level:6.1f} peak {peak_db(layer):6.1f} dBFS"
                )
    data = soundfont_bytes(assemble(sounds))
    digest = hashlib.sha256(data).hexdigest()
    print(f"{SOUNDFONT.name}: {len(data) / 1e6:.2f} MB, sha256 {digest}")
    if options.check:
        return 0 if DIGEST.read_text(encoding="ascii").split()[0] == digest else 1
    SOUNDFONT.write_bytes(data)
    DIGEST.write_text(f"{digest}  {SOUNDFONT.name}\n", encoding="ascii")
    return 0


if __name__ == "__main__":
    sys.exit(main())
