"""One pack of an export, as its job makes it.

python -m benchmarks.one_pack FORMAT LIST ACCOUNT
"""

import sys
from pathlib import Path

from workflow_scripts.exports.formats import format_of
from workflow_scripts.exports.packs import write_pack


def main() -> None:
    """As workflow_scripts/pack.py, with arguments in place of Snakemake's."""
    made_by, listed, account = sys.argv[1:]
    write_pack(format_of(made_by), Path(listed), Path(account))


if __name__ == "__main__":
    main()
