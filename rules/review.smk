# Review: a page on which someone listens to clips and judges them.
#
# requires: the catalogue; the audio and pictures of the clips that have cards
# produces: <dataset>/review/: index.html and all that it shows; on the way .review.cards.parquet,
#           .review.plan/<leaf>.parquet and .review.packs/<leaf>
# config:   of the dataset file: review


checkpoint choose_cards:
    """Say which clips have cards, and what goes into each pack of them.

    A checkpoint, so that Snakemake looks at the lists anew when it is done, as with the packs of exports.
    """
    input:
        catalogue=PLACES.catalogue,
        generation=PLACES.current_generation,
    output:
        cards=PLACES.cards("{dataset}"),
        lists=directory(PLACES.card_lists("{dataset}")),
    log:
        PLACES.log("choose_cards", "{dataset}"),
    benchmark:
        PLACES.benchmark("choose_cards", "{dataset}")
    conda:
        "../envs/audio.yaml"
    resources:
        mem_mb=growing(4000),
        runtime=growing(20),
    params:
        review=lambda wildcards: dataset(wildcards).review,
        version=VERSION,
    script:
        "../workflow_scripts/choose_cards.py"


rule pack_cards:
    """Make what is played and seen of some clips: the part that takes time, and that all cores share."""
    input:
        lists=ancient(CARD_PACKS.plan),  # its list tells whether something of it changed
        list=CARD_PACKS.list_of_job,
    output:
        account=PLACES.card_pack("{dataset}", "{leaf}"),
    log:
        PLACES.log("pack_cards", "{dataset}", "{leaf}"),
    benchmark:
        PLACES.benchmark("pack_cards", "{dataset}", "{leaf}")
    conda:
        "../envs/audio.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(60),
    script:
        "../workflow_scripts/pack_cards.py"


rule write_review:
    """Write the page, and have all that it plays and shows stand beside it: the folder can be sent to somebody."""
    input:
        catalogue=PLACES.catalogue,
        generation=PLACES.current_generation,
        cards=PLACES.cards("{dataset}"),
        packs=CARD_PACKS.made,
        healed=lambda wildcards: STARTED.heal_page("review", wildcards.dataset),
    output:
        page=PLACES.review("{dataset}"),
    log:
        PLACES.log("write_review", "{dataset}"),
    benchmark:
        PLACES.benchmark("write_review", "{dataset}")
    conda:
        "../envs/audio.yaml"
    resources:
        mem_mb=growing(4000),
        runtime=growing(20),
    params:
        version=VERSION,
    script:
        "../workflow_scripts/write_review.py"
