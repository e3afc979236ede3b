# Match: which sounds are the same under other digests, which clips of all datasets that makes of one sound, and which of
# these exports leave out.
#
# requires: the checks of all roots but those of images; <dataset>/tables/clips.parquet of all datasets, and splits.parquet
#           where an export takes these; files of fingerprints that others made
# produces: matches/{sound_pairs,skipped_sounds,same_sound,sound_groups}.parquet, where there is sound at all;
#           matches/foreign_clips.parquet, where the run is held against such files; of exports that ask for it
#           <dataset>/exports/<name>.leaked.parquet
# config:   datasets, against; of the dataset file: exports: without_leaks and split_by

MATCHED = ["sound_pairs", "skipped_sounds", "same_sound", "sound_groups"]


rule read_against:
    """Read fingerprints of sets whose audio is not here. Waits for nothing: what is wrong with them is told at once."""
    input:
        files=RUN.against,
    output:
        foreign_clips=PLACES.matches("foreign_clips"),
    log:
        PLACES.log("read_against"),
    benchmark:
        PLACES.benchmark("read_against")
    conda:
        "../envs/audio.yaml"
    resources:
        mem_mb=growing(4000),
        runtime=growing(20),
    params:
        contents=lambda wildcards: LOOKS.contents_of(RUN.against),
        datasets=list(RUN.datasets),
        version=VERSION,
    script:
        "../workflow_scripts/read_against.py"


rule match_sounds:
    """Find the pairs of sounds of which a stretch is the same, by their acoustic fingerprints. Knows no labels."""
    input:
        checks=checks_of(RUN.roots_of_sound()),
        foreign_clips=RUN.foreign_clips(),
    output:
        sound_pairs=PLACES.matches("sound_pairs"),
        skipped_sounds=PLACES.matches("skipped_sounds"),
    log:
        PLACES.log("match_sounds"),
    benchmark:
        PLACES.benchmark("match_sounds")
    conda:
        "../envs/audio.yaml"
    resources:
        mem_mb=growing(8000),
        runtime=growing(240),
    params:
        version=VERSION,
    script:
        "../workflow_scripts/match_sounds.py"


rule tell_same_sound:
    """Say which clips share sound, where in each, and which groups that makes. Decodes nothing."""
    input:
        sound_pairs=rules.match_sounds.output.sound_pairs,
        clips=RUN.tables(["clips"]),
        checks=checks_of(RUN.roots_of_sound()),
        foreign_clips=RUN.foreign_clips(),
    output:
        same_sound=PLACES.matches("same_sound"),
        sound_groups=PLACES.matches("sound_groups"),
    log:
        PLACES.log("tell_same_sound"),
    benchmark:
        PLACES.benchmark("tell_same_sound")
    conda:
        "../envs/audio.yaml"
    resources:
        mem_mb=growing(8000),
        runtime=growing(60),
    params:
        datasets=list(RUN.datasets),
        roots=RUN.roots_of_sound(),
        version=VERSION,
    script:
        "../workflow_scripts/tell_same_sound.py"


rule tell_leaked:
    """Say what an export leaves out since it shares something with what is evaluated on."""
    input:
        clips=RUN.tables(["clips"]),
        same_sound=RUN.tables_of_matches(["same_sound"]),
        foreign_clips=RUN.foreign_clips(),
        splits=lambda wildcards: RUN.splits_of_export(**wildcards),
    output:
        leaked=PLACES.leaked("{dataset}", "{export}"),
    log:
        PLACES.log("tell_leaked", "{dataset}", "{export}"),
    benchmark:
        PLACES.benchmark("tell_leaked", "{dataset}", "{export}")
    conda:
        "../envs/audio.yaml"
    resources:
        mem_mb=growing(4000),
        runtime=growing(20),
    params:
        datasets=list(RUN.datasets),
        split_by=lambda wildcards: export(wildcards).split_by,
        evaluated=lambda wildcards: export(wildcards).without_leaks,
        version=VERSION,
    script:
        "../workflow_scripts/tell_leaked.py"
