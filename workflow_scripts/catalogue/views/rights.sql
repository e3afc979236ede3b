-- Clips and hours of usable audio by licence, the most hours first.
-- dataset: the dataset
-- licence: an SPDX id where the source's words have one, or else these words; null where nothing is said
-- noncommercial: it forbids commercial use, as its SPDX id or its words tell; null where they do not
-- clips: clips that are promised
-- usable: those of them that are usable
-- hours: hours of sound that these have
CREATE VIEW rights AS
WITH by_licence AS (
    SELECT
        dataset,
        licence,
        count(*) AS clips,
        count(*) FILTER (usable) AS usable,
        coalesce(sum(duration_s) FILTER (usable), 0) / 3600 AS hours
    FROM clips
    GROUP BY ALL
)
SELECT dataset, licence, noncommercial(licence) AS noncommercial, clips, usable, hours
FROM by_licence
ORDER BY hours DESC, clips DESC, dataset, licence;
