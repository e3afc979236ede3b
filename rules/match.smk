# Match: which sounds are the same under other digests, and which clips of all datasets that makes of one sound.
#
# requires: the checks of all roots but those of images; <dataset>/tables/clips.parquet of all datasets
# produces: matches/{sound_pairs,skipped_sounds,same_sound,sound_groups}.parquet, where there is sound at all
# config:   datasets

MATCHED = ["sound_pairs", "skipped_sounds", "same_sound", "sound_groups"]


rule match_sounds:
    """Find the pairs of sounds of which a stretch is the same, by their acoustic fingerprints. Knows no labels."""
    input:
        checks=checks_of(RUN.roots_of_sound()),
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
