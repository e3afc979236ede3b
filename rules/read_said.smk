# What is said of clips besides their labels: by people who listened, as the review page saves it, and by models.
#
# requires: the files of reviews and predictions of a dataset; <dataset>/tables/{promised,found_captions,classes}.parquet
# produces: of datasets whose file names any <dataset>/tables/of_reviews/{found_reviews,rejects,sources}.parquet,
#           <dataset>/tables/{predictions,detections}.parquet and of_predictions/{rejects,sources}.parquet
# config:   of the dataset file: reviews; predictions, audio (holds); of its adapter: match


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


rule read_predictions:
    """Read the scores of clips that are promised. No row is lost: what speaks of none becomes a reject."""
    input:
        predictions=lambda wildcards: dataset(wildcards).judgements["predictions"],
        promised=rules.ingest.output.promised,
        classes=rules.ingest.output.classes,
    output:
        predictions=PLACES.table("{dataset}", "predictions"),
        detections=PLACES.table("{dataset}", "detections"),
        rejects=PLACES.table_of("{dataset}", "predictions", "rejects"),
        sources=PLACES.table_of("{dataset}", "predictions", "sources"),
    log:
        PLACES.log("read_predictions", "{dataset}"),
    benchmark:
        PLACES.benchmark("read_predictions", "{dataset}")
    conda:
        "../envs/tables.yaml"
    resources:
        mem_mb=growing(6000),
        runtime=growing(60),
    params:
        contents=lambda wildcards: LOOKS.contents_of(dataset(wildcards).judgements["predictions"]),
        models=lambda wildcards: dataset(wildcards).models,
        match=lambda wildcards: dataset(wildcards).match,
        in_recordings=lambda wildcards: "recordings" in dataset(wildcards).audio.values(),
        version=VERSION,
    script:
        "../workflow_scripts/read_predictions.py"
