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
        checks=f"{RUN.results}/audio/{{root}}/checks/shard={{shard}}.parquet",
    log:
        f"{RUN.results}/logs/check/{{root}}/shard={{shard}}.log",
    benchmark:
        f"{RUN.results}/benchmarks/check/{{root}}/shard={{shard}}.jsonl"
    conda:
        "../envs/audio.yaml"
    threads: 4
    resources:
        mem_mb=growing(4000),
        runtime=growing(240),
    params:
        root=lambda wildcards: RUN.roots[wildcards.root].path,
        settings=RUN.check,
        fingerprint=CHECK.fingerprint,
    script:
        "../workflow_scripts/check.py"
