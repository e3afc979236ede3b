# Soundscapes: what is measured of recordings by window, with one more decoding of their media, and how what models hear
# changes with the years, and how long after sunrise it was recorded.
#
# requires: <dataset>/tables/{clips,origins}.parquet, the checks of the dataset's roots; the audio of the clips; where
#           there are predictions, predictions.parquet
# produces: <dataset>/tables/{windowed,directions,indices,daylight,trends}.parquet, of datasets whose file asks for
#           them; on the way .windows.plan/<leaf>.parquet and .windows.packs/<leaf>
# config:   of the dataset file: measure, over_years


checkpoint plan_windows:
    """Say which clips each job measures.

    A checkpoint, so that Snakemake looks at the lists anew when it is done, as with the packs of exports.
    """
    input:
        clips=rules.resolve.output.clips,
        checks=checks_of(lambda wildcards: dataset(wildcards).audio),
    output:
        lists=directory(PLACES.window_lists("{dataset}")),
    log:
        PLACES.log("plan_windows", "{dataset}"),
    benchmark:
        PLACES.benchmark("plan_windows", "{dataset}")
    conda:
        "../envs/audio.yaml"
    resources:
        mem_mb=growing(4000),
        runtime=growing(20),
    params:
        measure=lambda wildcards: dataset(wildcards).measure,
        roots=lambda wildcards: list(dataset(wildcards).audio),
        version=VERSION,
    script:
        "../workflow_scripts/plan_windows.py"


rule measure_windows:
    """Measure the windows of some clips: the part that takes time, and that all cores share."""
    input:
        lists=ancient(WINDOWS.plan),  # its list tells whether something of it changed
        list=WINDOWS.list_of_job,
    output:
        account=PLACES.window_pack("{dataset}", "{leaf}"),
    log:
        PLACES.log("measure_windows", "{dataset}", "{leaf}"),
    benchmark:
        PLACES.benchmark("measure_windows", "{dataset}", "{leaf}")
    conda:
        "../envs/windows.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(120),
    script:
        "../workflow_scripts/measure_windows.py"


rule gather_windows:
    """Put what all jobs measured together, in an order that no job had a part in."""
    input:
        lists=rules.plan_windows.output.lists,
        packs=WINDOWS.made,
    output:
        windowed=PLACES.table("{dataset}", "windowed"),
        directions=PLACES.table("{dataset}", "directions"),
        indices=PLACES.table("{dataset}", "indices"),
    log:
        PLACES.log("gather_windows", "{dataset}"),
    benchmark:
        PLACES.benchmark("gather_windows", "{dataset}")
    conda:
        "../envs/audio.yaml"
    resources:
        mem_mb=growing(4000),
        runtime=growing(20),
    params:
        version=VERSION,
    script:
        "../workflow_scripts/gather_windows.py"


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
