SELECT licence, clips, usable, hours
FROM rights
WHERE dataset = $dataset
ORDER BY usable DESC, clips DESC, licence;
