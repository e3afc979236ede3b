# Check: what one decoding of each media tells.
#
# requires: audio/<root>/media/shard=<bits>.parquet, and the media themselves
# produces: audio/<root>/checks/shard=<bits>.parquet
#           audio/<root>/passing/shard=<bits>.json, where a fault may pass: how often its media was looked at again
# config:   check


rule check:
    """Decode the media of a shard that are new or changed, once each; the rows of the others are kept.

    Those whose fault may pass are decoded again: a job that leaves some with tries left raises `asked` of the next run.
    """
    input:
        media=media_list,
    output:
        checks=PLACES.checks("{root}", "{shard}"),
    log:
        PLACES.log("check", "{root}", "shard={shard}"),
    benchmark:
        PLACES.benchmark("check", "{root}", "shard={shard}")
    priority: 1
    conda:
        "../envs/audio.yaml"
    threads: lambda wildcards: STARTED.check_threads(**wildcards)
    resources:
        mem_mb=lambda wildcards, attempt, threads: (2000 + 500 * threads) * 2 ** (attempt - 1),
        runtime=growing(240),
    params:
        root=lambda wildcards: root(wildcards).path,
        note=PLACES.note("check", "{root}", "shard={shard}"),
        passing=PLACES.passing_note("{root}", "{shard}"),
        settings=RUN.check,
        fingerprint=CHECK.fingerprint,
        columns=CHECK_COLUMNS,
        asked=lambda wildcards: LOOKS.asked(**wildcards),
    script:
        "../workflow_scripts/check.py"
