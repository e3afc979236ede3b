"""Rule send: an export, and the licences of what it holds -> the same at another place, and an account of that."""

from pathlib import Path
from typing import TYPE_CHECKING

from workflow_scripts.entry import logged
from workflow_scripts.deliver.sending import Order, send
from workflow_scripts.errors import as_text

if TYPE_CHECKING:
    from snakemake.script import snakemake


with logged(snakemake.log[0]):
    lists = sorted(Path(snakemake.input.plan).glob("*.parquet")) if snakemake.input.plan else []
    done = send(
        Order(**snakemake.params.order, **{name: snakemake.params[name] for name in ("version", "dry_run", "offline")}),
        Path(snakemake.input.export),
        Path(snakemake.input.clips),
        lists,
        Path(snakemake.output.account),
        Path(snakemake.params.note),
    )
    print(as_text(done.told))
