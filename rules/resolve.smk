# Resolve: one status for every clip.
#
# requires: <dataset>/tables/{promised,found_captions}.parquet, the checks of the dataset's roots,
#           audio/<root>/tables/not_looked_at.parquet; where there are reviews, tables/of_reviews/found_reviews.parquet
# produces: <dataset>/tables/{clips,orphans,summary,roots,captions,reviews}.parquet
# config:   of the dataset file: audio (order, holds), limits, whether there are reviews; of its adapter: match, splits


rule resolve:
    """Find the media that serves each clip and judge the clip by it, and by what reviews say. Decodes nothing."""
    input:
        promised=rules.ingest.output.promised,
        captions=rules.ingest.output.found_captions,
        reviews=reviews_of,
        checks=checks_of(lambda wildcards: dataset(wildcards).audio),
        not_looked_at=lambda wildcards: [PLACES.not_looked_at(slug) for slug in dataset(wildcards).audio],
    output:
        clips=PLACES.table("{dataset}", "clips"),
        orphans=PLACES.table("{dataset}", "orphans"),
        summary=PLACES.table("{dataset}", "summary"),
        roots=PLACES.table("{dataset}", "roots"),
        captions=PLACES.table("{dataset}", "captions"),
        reviews=PLACES.table("{dataset}", "reviews"),
    log:
        PLACES.log("resolve", "{dataset}"),
    benchmark:
        PLACES.benchmark("resolve", "{dataset}")
    conda:
        "../envs/tables.yaml"
    resources:
        mem_mb=growing(4000),
        runtime=growing(20),
    params:
        roots=lambda wildcards: RUN.roots_of(wildcards.dataset),
        limits=lambda wildcards: dataset(wildcards).limits,
        match=lambda wildcards: dataset(wildcards).match,
        version=VERSION,
        splits=lambda wildcards: dataset(wildcards).splits,
    script:
        "../workflow_scripts/resolve.py"
