"""What a worker process imports once, before it is forked for its work."""

import torch

from workflow_scripts.audio import examine as examine  # imported here so that every worker has it


def start() -> None:
    """One thread a process: workers fill the cores, and threads of several would fight for them."""
    torch.set_num_threads(1)
