# Scan: what lies in an audio root.
#
# requires: an audio root: a folder of files and archives, or one archive
# produces: audio/<root>/media/shard=<bits>.parquet, one list a shard; deterministic bytes
#           audio/<root>/tables/shards.json, which shards there are, and how many media each has
#           audio/<root>/tables/rejects.parquet, what of its archives could not be listed
#           audio/<root>/.kept/archives.parquet, what each archive told, for the next scan
#           audio/<root>/.kept/passing.json, where a fault of an archive may pass: how often it was listed again
#           audio/<root>/tables/not_looked_at.parquet, what holds audio of kinds that are not read
# config:   look, files_per_shard, bytes_per_shard; of the dataset files: the roots


checkpoint scan:
    """List a root's audio files, and the members of its archives, by shard; shards follow from what lies there.

    A checkpoint, so that Snakemake looks at the lists anew when it is done: a shard whose list has the same bytes as
    before is not checked again.
    """
    input:
        made=made_of_root,
    output:
        media=directory(PLACES.media_lists("{root}")),
        shards=PLACES.shards("{root}"),
        rejects=PLACES.root_rejects("{root}"),
        not_looked_at=PLACES.not_looked_at("{root}"),
    log:
        PLACES.log("scan", "{root}"),
    benchmark:
        PLACES.benchmark("scan", "{root}")
    priority: 1  # most waits for the checks
    conda:
        "../envs/tables.yaml"
    threads: lambda wildcards: STARTED.scan_threads(LOOKS.archives(root(wildcards)))
    resources:
        # twenty million files take 5 GB
        mem_mb=lambda wildcards, attempt, threads: (6000 + 500 * threads) * 2 ** (attempt - 1),
        runtime=growing(60),
    params:
        root=lambda wildcards: root(wildcards).path,
        images=lambda wildcards: root(wildcards).images,
        bound=RUN.shard_bound,
        archives=PLACES.archives("{root}"),
        passing=PLACES.passing_archives("{root}"),
        asked=lambda wildcards: LOOKS.asked_of_scan(**wildcards),
        look=lambda wildcards: RUN.look_before_scan(**wildcards),
        version=VERSION,
        state=lambda wildcards: LOOKS.state(root(wildcards)),
    script:
        "../workflow_scripts/scan.py"
