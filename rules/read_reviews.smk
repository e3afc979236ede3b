# Reviews: what people who listened say of clips, as the review page saves it.
#
# requires: the files of reviews of a dataset; <dataset>/tables/{promised,found_captions,classes}.parquet
# produces: <dataset>/tables/of_reviews/{found_reviews,rejects,sources}.parquet, of datasets whose file names any
# config:   of the dataset file: reviews


rule read_reviews:
    """Read what reviews say of clips that are promised. No row is lost: what speaks of none becomes a reject."""
    input:
        reviews=lambda wildcards: dataset(wildcards).judgements["reviews"],
        promised=rules.ingest.output.promised,
        captions=rules.ingest.output.found_captions,
        classes=rules.ingest.output.classes,
    output:
        found_reviews=PLACES.table_of("{dataset}", "reviews", "found_reviews"),
        rejects=PLACES.table_of("{dataset}", "reviews", "rejects"),
        sources=PLACES.table_of("{dataset}", "reviews", "sources"),
    log:
        PLACES.log("read_reviews", "{dataset}"),
    benchmark:
        PLACES.benchmark("read_reviews", "{dataset}")
    conda:
        "../envs/tables.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(20),
    params:
        contents=lambda wildcards: LOOKS.contents_of(dataset(wildcards).judgements["reviews"]),
        version=VERSION,
    script:
        "../workflow_scripts/read_reviews.py"
