-- Clips and hours of usable audio by licence, the most hours first.
-- dataset: the dataset
-- licence: an SPDX id where the source's words have one, or else these words; null where nothing is said
-- noncommercial: it forbids commercial use; null where that is not told by an SPDX id
-- clips: clips that are promised
-- usable: those of them that are usable
-- hours: hours of sound that these have
CREATE VIEW rights AS
SELECT
    dataset,
    licence,
    CASE
        WHEN regexp_matches(licence, '^(CC-BY[A-Z-]*-\d\.\d(-[A-Z]+)?|CC0-1\.0|MIT|Apache-2\.0)$')
            THEN contains(licence, '-NC')
    END AS noncommercial,
    count(*) AS clips,
    count(*) FILTER (usable) AS usable,
    coalesce(sum(duration_s) FILTER (usable), 0) / 3600 AS hours
FROM clips
GROUP BY ALL
ORDER BY hours DESC, clips DESC, dataset, licence;
