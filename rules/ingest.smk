# Ingest: what the label rows promise.
#
# requires: the sources of a dataset
# produces: <dataset>/tables/{promised,labels,found_captions,classes,origins,mixtures,rejects,sources}.parquet
# config:   of the dataset file: adapter, sources, rights, subset


rule ingest:
    """Read a dataset's sources with its adapter. No row is lost: what cannot become a clip becomes a reject."""
    input:
        sources=sources_of,
    output:
        promised=PLACES.table("{dataset}", "promised"),
        labels=PLACES.table("{dataset}", "labels"),
        found_captions=PLACES.table("{dataset}", "found_captions"),
        classes=PLACES.table("{dataset}", "classes"),
        origins=PLACES.table("{dataset}", "origins"),
        mixtures=PLACES.table("{dataset}", "mixtures"),
        rejects=PLACES.table("{dataset}", "rejects"),
        sources=PLACES.table("{dataset}", "sources"),
    log:
        PLACES.log("ingest", "{dataset}"),
    benchmark:
        PLACES.benchmark("ingest", "{dataset}")
    conda:
        "../envs/tables.yaml"
    resources:
        mem_mb=growing(6000),  # twenty million clips take 5 GB
        runtime=growing(20),
    params:
        adapter=lambda wildcards: dataset(wildcards).adapter,
        settings=lambda wildcards: dataset(wildcards).ingest_settings,
        subset=lambda wildcards: dataset(wildcards).subset,
        looks=lambda wildcards: RUN.looks_of_sources(**wildcards),
        kept=PLACES.kept("{dataset}"),
        crashed=PLACES.crashed("{dataset}"),
        contents=lambda wildcards: LOOKS.contents(**wildcards),
        version=VERSION,
    script:
        "../workflow_scripts/ingest.py"
