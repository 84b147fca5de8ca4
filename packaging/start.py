"""What a frozen bundle starts: the program, as ``python -m drumapp`` does."""

import sys

from drumapp.__main__ import main

if __name__ == "__main__":
    sys.exit(main())
