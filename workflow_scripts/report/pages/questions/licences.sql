SELECT
    coalesce(licence, 'none that is known') AS licence,
    CASE WHEN noncommercial THEN 'forbidden' ELSE 'not said' END AS says,
    clips,
    usable,
    hours
FROM rights
WHERE dataset = $dataset AND noncommercial IS NOT false
ORDER BY usable DESC, clips DESC, licence;
