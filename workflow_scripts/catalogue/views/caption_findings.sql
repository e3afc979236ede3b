-- Captions that say nothing, too little, what others say, or what does not fit: one row a finding. How often each kind is right stands in docs/captions.md.
-- dataset: the dataset
-- clip_id: the clip
-- ordinal: which of its captions; null where it has none
-- text: the caption, as found
-- kind: empty: no caption, or none that can be seen; junk: no sentence about a sound; generic: music, sounds or noises, and not a word of which; repeated: what a caption of another clip of the dataset says, whatever stands between its words; language: another than most captions of the dataset have; contradicts: a source that all labels of the clip exclude, as captions_against_labels has it; unfit: the model of caption_fit scores it low with the sound of its clip
-- detail: why, in words
CREATE VIEW caption_findings AS
WITH function_words AS (
    SELECT language, unnest(string_split(words, ' ')) AS part
    FROM (
        VALUES
        ('en', 'the a an and of is in with on to are by while as at for from it this that be or not you can'),
        ('de', 'der die das und ist ein eine einer eines einem einen mit auf dem den im nicht von zu wird werden sich sie es für bei oder aus nach während wie dass sind kann'),
        ('fr', 'le les la de et est une un dans des du avec qui que sur au aux pendant par pour ce cette il elle pas vous sont en ne ou'),
        ('es', 'el los las la de y una un en con por que se no del al está esta este su para mientras como o es más'),
        ('it', 'il gli che di della del una un con e non sono nel nella la le mentre per si da questo questa è i o in'),
        ('pt', 'o os a as de um uma com em e não que são está este esta do da no na para por se ou é seu enquanto'),
        ('nl', 'het een van en de met zijn wordt niet op te dat deze dit voor is aan uit door of terwijl kan worden om'),
        ('sv', 'och ett en är som på av med det den för inte att i till har kan medan eller'),
        ('da', 'og et en er som på af med det den for ikke at i til har kan mens eller de'),
        ('nb', 'og et en er som på av med det den for ikke å i til har kan mens eller de'),
        ('pl', 'się jest nie że przez podczas na w z i do to oraz lub dla jak po ten'),
        ('cs', 'se je na že jako při v a s pro není nebo o do to být musí'),
        ('tr', 'bir ve bu için ile olan değil da de gibi çok daha olarak'),
        ('fi', 'ja ei että kun ovat on se tai joka kuin myös'),
        ('id', 'dan yang di dari dengan sedang sebuah ini untuk tidak ke atau pada adalah'),
        ('ro', 'și în cu este o un de la nu pe care din sau pentru să'),
        ('hu', 'az és egy hogy nem a vagy is meg ez van'),
        ('vi', 'một và của là đang có trong này không được cho các với bạn')
    ) AS spoken (language, words)
),
sampled AS (  -- some ten thousand captions of a dataset tell its language
    SELECT captions.dataset, text, regexp_matches(text, '[^\x{0}-\x{36F}\x{1E00}-\x{2BFF}]{2}') AS in_other_letters
    FROM captions
    JOIN (SELECT dataset, count(*) // 10000 + 1 AS one_in FROM captions GROUP BY dataset) AS sizes USING (dataset)
    WHERE hash(clip_id, ordinal) % one_in = 0
),
own AS MATERIALIZED (
    SELECT dataset, arg_max(language, times) AS own_language
    FROM (
        SELECT dataset, language, count(*) AS times
        FROM (SELECT dataset, unnest(string_split(lower(text), ' ')) AS part FROM sampled)
        JOIN function_words USING (part)
        GROUP BY dataset, language
    )
    SEMI JOIN (
        SELECT dataset FROM sampled GROUP BY dataset HAVING avg(in_other_letters::INTEGER) < 0.5
    ) USING (dataset)
    GROUP BY dataset
),
foreign_words AS (
    SELECT dataset, own_language, language, part
    FROM own
    JOIN function_words ON language <> own_language
    WHERE (own_language, part) NOT IN (SELECT language, part FROM function_words)
),
foreign_said AS MATERIALIZED (
    SELECT
        dataset,
        clip_id,
        ordinal,
        language,
        any_value(text) AS text,
        any_value(own_language) AS own_language,
        count(DISTINCT part) AS words
    FROM (SELECT *, unnest(string_split(lower(text), ' ')) AS part FROM captions)
    JOIN foreign_words USING (dataset, part)
    GROUP BY dataset, clip_id, ordinal, language HAVING count(DISTINCT part) > 1
),
own_said AS (
    SELECT dataset, clip_id, ordinal, said.language, count(DISTINCT said.part) AS own_words
    FROM (SELECT *, unnest(string_split(lower(text), ' ')) AS part FROM foreign_said) AS said
    JOIN function_words AS own_words ON own_words.language = own_language AND own_words.part = said.part
    GROUP BY ALL
),
languages AS (
    SELECT
        dataset,
        clip_id,
        ordinal,
        any_value(text) AS text,
        arg_max(language, words) || ', where most captions are ' || any_value(own_language) AS detail
    FROM foreign_said
    LEFT JOIN own_said USING (dataset, clip_id, ordinal, language)
    WHERE words > coalesce(own_words, 0)
    GROUP BY dataset, clip_id, ordinal
    UNION ALL
    SELECT dataset, clip_id, ordinal, text, 'other letters, where most captions are ' || own_language
    FROM captions
    JOIN own USING (dataset)
    WHERE regexp_matches(text, '[^\x{0}-\x{36F}\x{1E00}-\x{2BFF}]{2}')
        AND 2 * length(regexp_replace(text, '[\p{Latin}\P{L}]', '', 'g')) > length(regexp_replace(text, '\P{L}', '', 'g'))
),
judged AS (
    SELECT
        *,
        CASE
            WHEN NOT regexp_matches(text, '[\p{L}\p{N}\p{P}\p{S}]') THEN NULL  -- that is empty
            WHEN NOT regexp_matches(text, '\p{L}') THEN 'no letters'
            WHEN regexp_full_match(text, '\P{L}*\p{Latin}\P{L}*') THEN 'one letter'
            WHEN regexp_matches(text, '(?i)https?:|\bwww\.|\S@\S+\.\w') THEN 'an address'
            WHEN regexp_matches(
                text, '(?i)\S\.(wav|mp3|flac|ogg|opus|m4a|aac|aiff?|mp4|webm|mkv|avi|csv|txt|json)\W*$'
            ) THEN 'a file'
            WHEN regexp_full_match(text, '(?i)\s*(\w*[a-z0-9]_\w+|(track|rec|zoom|dsc|img|vid|mov|file|take)[ _-]*\d+)\s*')
                THEN 'a file'
            WHEN regexp_matches(text, '[|{}<>\\\x{FFFD}]|&#?\w+;') THEN 'marks of code, or of a wrong encoding'
            WHEN regexp_matches(
                text, '(?i)b{6}|c{6}|d{6}|f{6}|g{6}|j{6}|k{6}|l{6}|n{6}|p{6}|q{6}|t{6}|v{6}|w{6}|x{6}|y{6}'
            ) THEN 'a letter again and again'
            WHEN regexp_full_match(
                text,
                '(?i)\W*(n\W?a|none|null|nil|nan|unknown|untitled|undefined|unnamed|unlabell?ed|tests?|testing|todo|tbd'
                || '|asdf\w*|qwerty\w*|lorem ipsum.*|xx+|blah( blah)*|placeholder|error|missing|deleted|removed|blank'
                || '|(no |enter |add |insert |your )*(title|name|description|caption|comment|text|label)s?( here)?)\W*'
            ) THEN 'a word for what is not there'
            WHEN regexp_full_match(
                text,
                '(?i)\W*(the |this |that |a |an )?((broken|dead|bad|invalid|no|missing) )?'
                || '(link|video|audio|clip|file|sound|recording|media|url|page|content)s?'
                || '(( and| or|/|,)? *(no |broken )?(link|video|audio|clip|file|sound|recording)s?)*'
                || '( +(is|was|are|has|have|does|do|did|will|would|can|could|seems?|appears?|to|be|been|currently|no|longer))*'
                || ' +(n[o'']?t|can[''’]?t|won[''’]?t|cannot|doesn[''’]?t|isn[''’]?t|available|unavailable|unplayable|broken'
                || '|missing|deleted|removed|private|corrupt(ed)?|blocked|dead|down|inaccessible|invalid)'
                || '( +(be|working|work|works|available|found|playing|play|load|loading|loaded|opened|open|exist|exists'
                || '|accessible|supported|anymore|here|any more|longer|played))*\W*'
            ) THEN 'about the file, not about a sound'
            WHEN regexp_full_match(
                text,
                '(?i)\W*(not|un) ?available\W*|\W*(broken|dead|bad) (link|file)\b.{0,30}'
                || '|\W*no (audio|video)(( and| or|/|,)? *(no |broken )?(audio|video|sound)s?)*( (available|present|here))?\W*'
                || '|\W*(error |http )*404\b.*|\W*(page|file) not found\W*'
            ) THEN 'about the file, not about a sound'
            WHEN regexp_matches(
                text,
                '(?i)^\W*(i |we )?(cannot|can ?not|can[''’]t|could ?n[o''’]t|unable to|don[''’]t|do not) '
                || '(hear|identify|tell|determine|play|open|load|access|understand|recogni[sz]e|know)\b'
                || '|^\W*(i[''’]?m sorry|sorry, |as an ai\b|i apologi[sz]e)'
            ) THEN 'about the writer, not about a sound'
        END AS junk
    FROM captions
),
folded AS (
    SELECT
        dataset,
        clip_id,
        ordinal,
        text,
        trim(regexp_replace(lower(text), '[^\p{L}\p{N}]+', ' ', 'g')) AS words,
        hash(words) AS number
    FROM captions
),
repeated AS (  -- numbers are compared, which takes half the memory that texts do
    SELECT dataset, number, count(DISTINCT hash(clip_id)) AS clips
    FROM folded
    WHERE words <> ''
    GROUP BY dataset, number HAVING min(hash(clip_id)) < max(hash(clip_id))
)
SELECT
    dataset,
    clip_id,
    NULL::INTEGER AS ordinal,
    NULL::VARCHAR AS text,
    'empty' AS kind,
    'no caption, where its split has captions' AS detail
FROM clips
SEMI JOIN (
    SELECT DISTINCT dataset, split FROM clips SEMI JOIN captions USING (dataset, clip_id)
) AS captioned USING (dataset, split)
ANTI JOIN captions USING (dataset, clip_id)
UNION ALL
SELECT dataset, clip_id, ordinal, text, 'empty', 'nothing that can be seen'
FROM captions
WHERE NOT regexp_matches(text, '[\p{L}\p{N}\p{P}\p{S}]')
UNION ALL
SELECT dataset, clip_id, ordinal, text, 'junk', junk
FROM judged
WHERE junk IS NOT NULL
UNION ALL
SELECT dataset, clip_id, ordinal, text, 'generic', 'not a word of what is heard'
FROM captions
WHERE regexp_matches(text, '(?i)\b(sounds?|sounding|nois(es?|y)|music(al)?|audio|ambien(ce|t)|background|something|sfx|bgm|effects?)\b')
    AND regexp_full_match(
        text,
        '(?i)\W*(\b(an?|the|th(is|at|ese|ose)|it|its|is|are|was|were|be|being|can|could|there|and|or|with(out)?|of|in|on|at|to|from'
        || '|for|by|as|some|several|various|different|many|multiple|other|all|kinds?|types?|lots?|continuous(ly)?|constant(ly)?'
        || '|intermittent(ly)?|repeated(ly)?|repetitive|loud(ly|er)?|quiet(ly)?|soft(ly)?|faint(ly)?|light|slight|strong|low|high'
        || '|general|generic|miscellaneous|random|unknown|unidentified|unspecified|undefined|indistinct|distan(t|ce)|nearby|close'
        || '|far|background|foreground|ambien(ce|t)|atmospher(e|es|ic)|environment(al)?|indoors?|outdoors?|inside|outside|somewhere'
        || '|something|things?|stuff|hear(d|ing)?|play(s|ed|ing)?|occur(s|red|ring)?|happen(s|ed|ing)?|mak(es?|ing)|made|com(es?|ing)'
        || '|go(es|ing)?|present|tak(es?|ing)|place|audio|tracks?|clips?|samples?|record(ings?|ed)|effects?|fx|sfx|bgm|music(al)?'
        || '|sounds?|sounding|nois(es?|y))\b\W*)+'
    )
UNION ALL
SELECT dataset, clip_id, ordinal, text, 'repeated', 'said of ' || clips || ' clips'
FROM folded
JOIN repeated USING (dataset, number)
WHERE words <> ''
UNION ALL
SELECT dataset, clip_id, ordinal, text, 'language', detail
FROM languages
UNION ALL
SELECT
    dataset,
    clip_id,
    ordinal,
    text,
    'contradicts',
    array_to_string(words, ', ') || ', where the labels are ' || array_to_string(labels, '; ')
FROM captions_against_labels
UNION ALL
SELECT
    dataset,
    clip_id,
    ordinal,
    text,
    'unfit',
    'scores ' || round(score, 3) || ' with its sound, by ' || model
FROM captions
JOIN caption_fit USING (dataset, clip_id, ordinal, text)
WHERE low;
