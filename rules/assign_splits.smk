# Assign splits: in which split and fold each clip stands with care, and balanced subsets.
#
# requires: <dataset>/tables/{clips,origins}.parquet, the checks of the dataset's roots
# produces: <dataset>/tables/{splits,subsets}.parquet, of datasets whose file asks for them
# config:   of the dataset file: augment_splits, folds, subsets


rule assign_splits:
    """Say in which split and fold each clip stands, so that none is heard in two. The ledger stays as it is."""
    input:
        clips=rules.resolve.output.clips,
        origins=rules.ingest.output.origins,
        checks=checks_of(lambda wildcards: dataset(wildcards).audio),
    output:
        splits=PLACES.table("{dataset}", "splits"),
        subsets=PLACES.table("{dataset}", "subsets"),
    log:
        PLACES.log("assign_splits", "{dataset}"),
    benchmark:
        PLACES.benchmark("assign_splits", "{dataset}")
    conda:
        "../envs/tables.yaml"
    resources:
        mem_mb=growing(4000),
        runtime=growing(20),
    params:
        care=lambda wildcards: dataset(wildcards).split_care,
        roots=lambda wildcards: list(dataset(wildcards).audio),
        version=VERSION,
    script:
        "../workflow_scripts/assign_splits.py"
