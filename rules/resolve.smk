# Resolve: one status for every clip.
#
# requires: <dataset>/tables/clips.parquet, the checks of the dataset's roots
# produces: <dataset>/tables/{ledger,orphans,summary,roots}.parquet
# config:   of the dataset file: audio (order, holds), limits


rule resolve:
    """Find the media that serves each clip and judge the clip by it. Decodes nothing."""
    input:
        clips=rules.ingest.output.clips,
        checks=checks_of_dataset,
    output:
        ledger=f"{RUN.results}/{{dataset}}/tables/ledger.parquet",
        orphans=f"{RUN.results}/{{dataset}}/tables/orphans.parquet",
        summary=f"{RUN.results}/{{dataset}}/tables/summary.parquet",
        roots=f"{RUN.results}/{{dataset}}/tables/roots.parquet",
    log:
        f"{RUN.results}/logs/resolve/{{dataset}}.log",
    benchmark:
        f"{RUN.results}/benchmarks/resolve/{{dataset}}.jsonl"
    conda:
        "../envs/tables.yaml"
    threads: 2
    resources:
        mem_mb=growing(4000),
        runtime=growing(20),
    params:
        roots=roots_of_dataset,
        limits=lambda wildcards: RUN.datasets[wildcards.dataset].limits,
    script:
        "../workflow_scripts/resolve.py"
