# Predictions: what models say is heard in clips.
#
# requires: the files of predictions of a dataset; <dataset>/tables/{promised,classes}.parquet
# produces: <dataset>/tables/{predictions,detections}.parquet, and of_predictions/{rejects,sources}.parquet beside it, of datasets whose
#           file names any
# config:   of the dataset file: predictions, audio (holds); of its adapter: match


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
