# Ingest: what the label rows promise.
#
# requires: the sources of a dataset
# produces: <dataset>/tables/{clips,labels,captions,classes,rejects,sources}.parquet
# config:   of the dataset file: adapter, sources, on_count_mismatch, rights


rule ingest:
    """Read a dataset's sources with its adapter. No row is lost: what cannot become a clip becomes a reject."""
    input:
        sources=source_files,
    output:
        clips=f"{RUN.results}/{{dataset}}/tables/clips.parquet",
        labels=f"{RUN.results}/{{dataset}}/tables/labels.parquet",
        captions=f"{RUN.results}/{{dataset}}/tables/captions.parquet",
        classes=f"{RUN.results}/{{dataset}}/tables/classes.parquet",
        rejects=f"{RUN.results}/{{dataset}}/tables/rejects.parquet",
        sources=f"{RUN.results}/{{dataset}}/tables/sources.parquet",
    log:
        f"{RUN.results}/logs/ingest/{{dataset}}.log",
    benchmark:
        f"{RUN.results}/benchmarks/ingest/{{dataset}}.jsonl"
    conda:
        "../envs/tables.yaml"
    threads: 2
    resources:
        mem_mb=growing(3000),
        runtime=growing(20),
    params:
        adapter=lambda wildcards: RUN.datasets[wildcards.dataset].adapter,
        settings=ingest_settings,
    script:
        "../workflow_scripts/ingest.py"
