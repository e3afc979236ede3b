# Scan: what lies in an audio root.
#
# requires: an audio root
# produces: audio/<root>/media/shard=NNNN.parquet, one list a shard; deterministic bytes
# config:   look; of the dataset files: the roots and their shards


checkpoint scan:
    """List a root's audio files by shard.

    A checkpoint, so that Snakemake looks at the lists anew when it is done: a shard whose list has the same bytes as
    before is not checked again.
    """
    input:
        made=made_before_scan,
    output:
        media=directory(f"{RUN.results}/audio/{{root}}/media"),
    log:
        f"{RUN.results}/logs/scan/{{root}}.log",
    benchmark:
        f"{RUN.results}/benchmarks/scan/{{root}}.tsv"
    conda:
        "../envs/tables.yaml"
    resources:
        mem_mb=growing(4000),
        runtime=growing(60),
    params:
        root=lambda wildcards: RUN.roots[wildcards.root].path,
        shards=lambda wildcards: RUN.roots[wildcards.root].shards,
        state=root_state,
    script:
        "../workflow_scripts/scan.py"
