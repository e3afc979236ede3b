"""A delivery to a folder whose process kills itself at a file that it puts there: `killed_at <export> <to> <aside> 3`.

At odd numbers before the file has its name, at even ones when it has. What has its name is told.
"""

import os
import signal
import sys
from pathlib import Path

from tests.deliver.once import deliver
from workflow_scripts.deliver.targets import folder

replace, replaced = os.replace, 0


def replace_or_die(part: Path, path: Path) -> None:
    global replaced
    replaced += 1
    if replaced == (kill := int(sys.argv[4])) and kill % 2:
        os.kill(os.getpid(), signal.SIGKILL)
    replace(part, path)
    if Path(path).is_relative_to(sys.argv[2]):
        print(Path(path).relative_to(sys.argv[2]), flush=True)
    if replaced == kill:
        os.kill(os.getpid(), signal.SIGKILL)


folder.AT_ONCE = 1
os.replace = replace_or_die
deliver(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
