SELECT export, account
FROM exports
WHERE dataset = $dataset
    AND list_contains((SELECT exports FROM registry WHERE dataset = $dataset), export)
ORDER BY export;
