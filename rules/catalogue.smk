# Catalogue: everything in SQL, and the table that the run ends with.
#
# requires: all tables of all datasets, media, checks and rejects of all roots
# produces: catalog.duckdb, summary.txt, and .catalogue/<n>/: the files that the views name, as this run left them
# config:   datasets, and what the dataset files and config.yaml set that tables depend on


rule build_catalogue:
    """Build the catalogue of views and the summary.

    The catalogue is marked update(), so that Snakemake does not delete it before: who asks it keeps being answered
    until the new one takes its place. A job that fails leaves an update() output behind as if it were current; the
    others, which are deleted then, are what makes the next run do it again.
    """
    input:
        tables=RUN.tables(
            name
            for name in (*rules.ingest.output.keys(), *rules.resolve.output.keys())
            if name not in ("promised", "found_captions")  # all of them stands in clips and captions
        ),
        of_judgements=[
            *RUN.tables_of_judgements("reviews", ["rejects", "sources"]),
            *RUN.tables_of_judgements("predictions", rules.read_predictions.output.keys()),
        ],
        weighed=WEIGHED,
        fetches=RUN.waited_for(),
        derived=RUN.tables_of_derived(OF_SCENES_MADE),
        of_care=RUN.tables_of_care(rules.assign_splits.output.keys()),
        of_years=RUN.tables_of_years(rules.tell_years.output.keys()),
        of_pairs=RUN.tables_of_pairs(rules.pair_images.output.keys()),
        of_windows=RUN.tables_of_windows(rules.gather_windows.output.keys()),
        of_fit=RUN.tables_of_fit(rules.gather_fit.output.keys()),
        of_matches=[*RUN.tables_of_matches(MATCHED), *RUN.foreign_clips()],
        checks=checks_of(RUN.roots),
        rejects=[PLACES.root_rejects(slug) for slug in RUN.roots],
        registry=REGISTRY,
    output:
        catalogue=update(PLACES.catalogue),
        generation=PLACES.current_generation,
        summary=PLACES.summary,
    log:
        PLACES.log("build_catalogue"),
    benchmark:
        PLACES.benchmark("build_catalogue")
    conda:
        "../envs/tables.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(20),
    params:
        datasets={name: list(dataset.audio) for name, dataset in RUN.datasets.items()},
        with_judgements=RUN.all_with_judgements(),
        fetches=RUN.fetched_in(),
        with_years=RUN.with_years(),
        with_pairs=RUN.with_pairs(),
        with_windows=RUN.with_windows(),
        with_fit=RUN.with_fit(),
        with_matches=bool(RUN.roots_of_sound()),
        with_against=bool(RUN.foreign_clips()),
        derived=RUN.derived(),
        with_split_care=[dataset.name for dataset in RUN.with_split_care()],
        exports={name: list(dataset.exports) for name, dataset in RUN.datasets.items()},
        settings=settings_told(RUN),
        roots=list(RUN.roots),
        version=VERSION,
        results=lambda wildcards, output: os.path.dirname(output.catalogue),
        place=os.path.abspath(PLACES.results),  # the views name absolute paths: a folder that was moved needs new ones
    script:
        "../workflow_scripts/build_catalogue.py"


# The tables of datasets that the catalogue speaks of.
CATALOGUED = [
    file
    for name in (
        *("tables", "of_care", "of_windows", "of_years", "of_fit", "of_pairs", "of_matches"),
        *("of_judgements", "weighed", "derived"),
    )
    for file in rules.build_catalogue.input[name]
]
