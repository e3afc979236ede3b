-- The clips recorded within so many kilometres of a place, the nearest first, with distance_km on a sphere of the Earth's
-- mean radius: near(51.5, -0.12, 10).
CREATE MACRO near(lat, lon, km) AS TABLE
SELECT *
FROM (
    SELECT
        clips.*,
        place.latitude,
        place.longitude,
        2 * 6371.0088 * asin(least(1, sqrt(
            sin(radians(place.latitude - lat) / 2) ** 2
            + cos(radians(lat)) * cos(radians(place.latitude)) * sin(radians(place.longitude - lon) / 2) ** 2
        ))) AS distance_km
    FROM clips
    JOIN origins AS place USING (dataset, clip_id)
    WHERE place.latitude BETWEEN lat - km / 111 AND lat + km / 111
)
WHERE distance_km <= km
ORDER BY distance_km, dataset, clip_id;
