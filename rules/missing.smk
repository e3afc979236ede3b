# Missing: what stays missing, and what lies elsewhere that may be it. Nothing is taken.
#
# requires: <dataset>/tables/{clips,orphans}.parquet, the checks of the dataset's roots; what became of what was fetched
# produces: <dataset>/exports/missing.csv, missing_by_class.csv, missing_proposed.csv
# config:   look_in


rule tell_missing:
    """Say which clips are missing, and which files, here under other names or in other folders, may be theirs."""
    input:
        clips=rules.resolve.output.clips,
        orphans=rules.resolve.output.orphans,
        checks=checks_of(lambda wildcards: dataset(wildcards).audio),
        fetches=lambda wildcards: RUN.fetches_of(**wildcards),
    output:
        **PLACES.missing("{dataset}"),
    log:
        PLACES.log("tell_missing", "{dataset}"),
    conda:
        "../envs/tables.yaml"
    resources:
        mem_mb=growing(4000),
        runtime=growing(60),
    params:
        roots=lambda wildcards: list(dataset(wildcards).audio),
        match=lambda wildcards: dataset(wildcards).match,
        look_in=RUN.look_in,
        looked=LOOKS.of_places(RUN.look_in),
        version=VERSION,
    script:
        "../workflow_scripts/tell_missing.py"
