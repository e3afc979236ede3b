# Fit: how well captions fit their sound, as a CLAP model of the user's hears it.
#
# requires: <dataset>/tables/{clips,captions}.parquet, the checks of the dataset's roots; the audio of the clips; the
#           folder of the model
# produces: <dataset>/tables/caption_fit.parquet, of datasets whose file asks for it; on the way .fit.plan/<leaf>.parquet
#           and .fit.packs/<leaf>.parquet
# config:   of the dataset file: caption_fit


checkpoint plan_fit:
    """Say which captions each job scores.

    A checkpoint, so that Snakemake looks at the lists anew when it is done, as with the packs of exports.
    """
    input:
        clips=rules.resolve.output.clips,
        captions=rules.resolve.output.captions,
        checks=checks_of(lambda wildcards: dataset(wildcards).audio),
        model=lambda wildcards: dataset(wildcards).model_files,
    output:
        lists=directory(PLACES.fit_lists("{dataset}")),
    log:
        PLACES.log("plan_fit", "{dataset}"),
    benchmark:
        PLACES.benchmark("plan_fit", "{dataset}")
    conda:
        "../envs/audio.yaml"
    resources:
        mem_mb=growing(4000),
        runtime=growing(20),
    params:
        where=lambda wildcards: dataset(wildcards).caption_fit["where"],
        roots=lambda wildcards: list(dataset(wildcards).audio),
        version=VERSION,
    script:
        "../workflow_scripts/plan_fit.py"


rule score_captions:
    """Score some captions: the part that takes time, on all cores, or on a GPU where its job sees one."""
    input:
        lists=ancient(FITS.plan),  # its list tells whether something of it changed
        list=FITS.list_of_job,
    output:
        scored=PLACES.fit_pack("{dataset}", "{leaf}"),
    log:
        PLACES.log("score_captions", "{dataset}", "{leaf}"),
    benchmark:
        PLACES.benchmark("score_captions", "{dataset}", "{leaf}")
    conda:
        "../envs/fit.yaml"
    resources:
        mem_mb=growing(4000),
        runtime=growing(120),
    params:
        model=lambda wildcards: dataset(wildcards).caption_fit["model"],
        files=lambda wildcards: dataset(wildcards).model_files,
    script:
        "../workflow_scripts/score_captions.py"


rule gather_fit:
    """Put what all jobs scored together, in an order that no job had a part in."""
    input:
        lists=rules.plan_fit.output.lists,
        packs=FITS.made,
    output:
        caption_fit=PLACES.table("{dataset}", "caption_fit"),
    log:
        PLACES.log("gather_fit", "{dataset}"),
    benchmark:
        PLACES.benchmark("gather_fit", "{dataset}")
    conda:
        "../envs/audio.yaml"
    resources:
        mem_mb=growing(4000),
        runtime=growing(20),
    params:
        fit=lambda wildcards: dataset(wildcards).caption_fit,
        version=VERSION,
    script:
        "../workflow_scripts/gather_fit.py"
