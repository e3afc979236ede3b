# Over the years: how what models hear changes, and how long after sunrise it was recorded.
#
# requires: <dataset>/tables/{clips,origins}.parquet; where there are predictions, predictions.parquet
# produces: <dataset>/tables/{daylight,trends}.parquet, of datasets whose file asks for them
# config:   of the dataset file: over_years


rule tell_years:
    """Say where the sun stood, and how the rate of each class changes with the years, corrected for effort."""
    input:
        clips=rules.resolve.output.clips,
        origins=rules.ingest.output.origins,
        predictions=predictions_of,
    output:
        daylight=PLACES.table("{dataset}", "daylight"),
        trends=PLACES.table("{dataset}", "trends"),
    log:
        PLACES.log("tell_years", "{dataset}"),
    benchmark:
        PLACES.benchmark("tell_years", "{dataset}")
    conda:
        "../envs/windows.yaml"
    resources:
        mem_mb=growing(4000),
        runtime=growing(60),
    params:
        over_years=lambda wildcards: dataset(wildcards).over_years,
        version=VERSION,
    script:
        "../workflow_scripts/tell_years.py"
