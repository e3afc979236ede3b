"""What a worker process imports once, before it is forked for its work."""

import resource

import torch

from workflow_scripts.audio import examine as examine  # imported here so that every worker has it

MEMORY = 4 << 30
"""Bytes that a worker may take for its media: a media that needs more is `too_large`, and harms no other."""


def start() -> None:
    """One thread a process, since workers fill the cores and their threads would fight; and no more than MEMORY."""
    torch.set_num_threads(1)
    limit = _address_space() + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _address_space() -> int:
    """Bytes of address space in use; what libraries have mapped counts, and is far more than they use."""
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[0]) * resource.getpagesize()
