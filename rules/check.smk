# Check: what one decoding of each media tells.
#
# requires: audio/<root>/media/shard=NNNN.parquet, and the media themselves
# produces: audio/<root>/checks/shard=NNNN.parquet
# config:   check


rule check:
    """Decode the media of a shard that are new or changed, once each; the rows of the others are kept."""
    input:
        media=media_list,
    output:
        checks=PLACES.checks("{root}", "{shard}"),
    log:
        PLACES.log("check", "{root}", "shard={shard}"),
    benchmark:
        PLACES.benchmark("check", "{root}", "shard={shard}")
    conda:
        "../envs/audio.yaml"
    threads: 4
    resources:
        mem_mb=growing(4000),
        runtime=growing(240),
    params:
        root=lambda wildcards: root(wildcards).path,
        note=PLACES.progress_note("{root}", "{shard}"),
        settings=RUN.check,
        fingerprint=CHECK.fingerprint,
    script:
        "../workflow_scripts/check.py"
