# Export: what a training run reads.
#
# requires: <dataset>/tables/{ledger,classes}.parquet, the checks of the dataset's roots
# produces: <dataset>/exports/<format>/
# config:   of the dataset file: exports and their options


rule export:
    """Write one export of a dataset; its format is a module of workflow_scripts/exports."""
    input:
        ledger=rules.resolve.output.ledger,
        classes=rules.ingest.output.classes,
        checks=checks_of_dataset,
    output:
        folder=directory(f"{RUN.results}/{{dataset}}/exports/{{format}}"),
    log:
        f"{RUN.results}/logs/export/{{dataset}}.{{format}}.log",
    benchmark:
        f"{RUN.results}/benchmarks/export/{{dataset}}.{{format}}.jsonl"
    conda:
        "../envs/tables.yaml"
    resources:
        mem_mb=growing(8000),
        runtime=growing(20),
    params:
        options=export_options,
    script:
        "../workflow_scripts/export.py"
