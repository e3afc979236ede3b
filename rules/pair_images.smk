# Pair images: which images of other datasets go with which clips.
#
# requires: <dataset>/tables/{clips,origins,classes}.parquet, of the dataset and of those of the images; the checks of
#           the roots that hold these
# produces: <dataset>/tables/{pairs,unpaired}.parquet, of datasets whose file asks for them
# config:   of the dataset file: pairs


rule pair_images:
    """Pair clips with images of the same taxon or place, in the same split. Decodes nothing."""
    input:
        tables=tables_of_pairing,
        checks=checks_of(roots_of_pairing),
    output:
        pairs=PLACES.table("{dataset}", "pairs"),
        unpaired=PLACES.table("{dataset}", "unpaired"),
    log:
        PLACES.log("pair_images", "{dataset}"),
    benchmark:
        PLACES.benchmark("pair_images", "{dataset}")
    conda:
        "../envs/tables.yaml"
    resources:
        mem_mb=growing(8000),
        runtime=growing(60),
    params:
        pairs=lambda wildcards: dataset(wildcards).pairs,
        sources=lambda wildcards: RUN.sources_of_pairs(**wildcards),
        version=VERSION,
    script:
        "../workflow_scripts/pair_images.py"
