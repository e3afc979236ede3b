# Export: what a training run reads.
#
# requires: the tables of the dataset and the checks of its roots, as far as the format needs them
# produces: <dataset>/exports/<name>/
# config:   of the dataset file: exports and their options


rule export:
    """Write one export of a dataset; its format is a folder of workflow_scripts/exports."""
    input:
        tables=tables_of_export,
        checks=checks_of_export,
    output:
        folder=directory(PLACES.export("{dataset}", "{export}")),
    log:
        PLACES.log("export", "{dataset}", "{export}"),
    benchmark:
        PLACES.benchmark("export", "{dataset}", "{export}")
    conda:
        "../envs/tables.yaml"
    resources:
        mem_mb=growing(8000),
        runtime=growing(20),
    params:
        format=lambda wildcards: export(wildcards).format,
        options=lambda wildcards: export(wildcards).options,
        tables=lambda wildcards: export(wildcards).tables,
        shards=shards_of_export,
    script:
        "../workflow_scripts/export.py"
