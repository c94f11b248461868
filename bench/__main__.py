"""``python -m bench``."""

import sys

if __name__ == "__main__":
    try:
        from bench.cli import main
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(main())
