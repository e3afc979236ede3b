-- What datasets do to their cells, beside what DuckDB brings along. Above each macro: what it gives, and examples that
-- the tests ask it.

-- words(text, between): the parts of a text, without blanks around them and without empty ones
-- words(' rock; pop;;', ';') = ['rock', 'pop']
-- words(NULL, ',') IS NULL
CREATE MACRO words(text, between) AS
    list_filter(list_transform(string_split(text, between), lambda part: trim(part, E' \t\r\n')), lambda part: part <> '');

-- refused(words): fails, with these words
CREATE MACRO refused(words) AS CAST('refused: ' || words AS INTEGER);

-- python_list(text): the texts of a list as Python writes it; it is read, never run
-- python_list('[''amecro'', "o''reilly"]') = ['amecro', 'o''reilly']
-- python_list('[]') = []
-- python_list('nothing') FAILS
CREATE MACRO python_list(text) AS CASE
    WHEN regexp_full_match(
        text,
        '\s*[\[(]\s*(?:(?:''(?:[^''\\]|\\.)*''|"(?:[^"\\]|\\.)*")\s*(?:,\s*(?:''(?:[^''\\]|\\.)*''|"(?:[^"\\]|\\.)*")\s*)*,?\s*)?[\])]\s*'
    ) THEN list_transform(
        regexp_extract_all(text, '''(?:[^''\\]|\\.)*''|"(?:[^"\\]|\\.)*"'),
        lambda quoted: regexp_replace(quoted[2:-2], '\\(.)', '\1', 'g')
    )
    WHEN text IS NOT NULL THEN [refused('no list as Python writes it')::VARCHAR]
END;

-- json_list(text): the texts of a list as JSON writes it
-- json_list('["a, b", "c"]') = ['a, b', 'c']
-- json_list('a') FAILS
-- json_list('{"a": 1}') FAILS
-- json_list(NULL) IS NULL
CREATE MACRO json_list(text) AS CASE
    WHEN text IS NOT NULL AND NOT json_valid(text) THEN [refused('no JSON')::VARCHAR]
    WHEN json_type(text) = 'ARRAY' THEN from_json(text, '["VARCHAR"]')
    WHEN json_type(text) <> 'NULL' THEN [refused('no list as JSON writes it')::VARCHAR]
END;

-- seconds(text): a time as people write it, hours and minutes before it or not
-- seconds('1:02:03') = 3723.0
-- seconds('2:03.5') = 123.5
-- seconds('7.25') = 7.25
-- seconds('-1:30') = -90.0
-- seconds('soon') FAILS
-- seconds('1:-30') FAILS
CREATE MACRO seconds(text) AS CASE WHEN starts_with(trim(text), '-') THEN -1 ELSE 1 END * list_sum(
    list_transform(
        list_reverse(string_split(regexp_replace(trim(text), '^-', ''), ':')),
        lambda part, place: CASE
            WHEN starts_with(part, '-') THEN refused('a minus between the parts of a time') ELSE CAST(part AS DOUBLE)
        END * pow(60, place - 1)
    )
);

-- file_name(path): a path without its folders
-- file_name('a/b.c.wav') = 'b.c.wav'
CREATE MACRO file_name(path) AS regexp_replace(path, '^.*/', '', 's');

-- stem(path): a path without its folders and its last suffix
-- stem('a/b.c.wav') = 'b.c'
-- stem('a/.wav') = '.wav'
CREATE MACRO stem(path) AS regexp_replace(file_name(path), '(.)\.[^.]*$', '\1', 's');

-- folder(path): the folders of a path; '' where it has none
-- folder('a/b/c.wav') = 'a/b'
-- folder('c.wav') = ''
CREATE MACRO folder(path) AS regexp_extract(path, '^(.*)/', 1, 's');

-- number(text): the first number in a text
-- number('ca. 12.5 s') = 12.5
-- number('none') IS NULL
CREATE MACRO number(text) AS CAST(nullif(regexp_extract(text, '-?\d+(?:\.\d+)?'), '') AS DOUBLE);

-- said(text): a text without blanks around it, null for what people write where they have nothing: '', '-', 'NA', 'NaN', 'None', 'null', '?'
-- said(' - ') IS NULL
-- said('NaN') IS NULL
-- said(' rain ') = 'rain'
CREATE MACRO said(text) AS CASE
    WHEN lower(trim(text)) NOT IN ('', '-', '--', '?', 'na', 'n/a', 'nan', 'none', 'null', 'unknown') THEN trim(text)
END;

-- date_of(text, pattern): a date or a time that a text holds, as ISO 8601; of the pattern (%Y%m%d_%H%M%S) any part
-- may stand in the text
-- date_of('SITE_20170514_0430.wav', '%Y%m%d_%H%M') = '2017-05-14T04:30:00'
-- date_of('14.05.2017', '%d.%m.%Y') = '2017-05-14'
-- date_of('yesterday', '%Y') IS NULL
CREATE MACRO date_pattern(pattern) AS
    regexp_replace(regexp_replace(regexp_replace(regexp_replace(
        regexp_replace(pattern, '([.()+*?\[\]{}|^$\\])', '\\\1', 'g'),
        '%Y', '\\d{4}', 'g'), '%j', '\\d{3}', 'g'), '%[mdHMSy]', '\\d{2}', 'g'), '%[bBaA]', '[A-Za-z]+', 'g');
CREATE MACRO date_of(text, pattern) AS strftime(
    try_strptime(nullif(regexp_extract(text, date_pattern(pattern)), ''), pattern),
    CASE WHEN contains(pattern, '%H') THEN '%Y-%m-%dT%H:%M:%S' ELSE '%Y-%m-%d' END
);

-- spdx(text): the SPDX id of a licence as people write it: the id itself, an address of Creative Commons, its name in
-- words or letters; null for what has none (spdx_ids() are those that are known) or is not told by its text, a version
-- that is not said or two licences among that
-- spdx('http://creativecommons.org/licenses/by-nc/3.0/') = 'CC-BY-NC-3.0'
-- spdx('//creativecommons.org/licenses/by-nc-sa/4.0/') = 'CC-BY-NC-SA-4.0'
-- spdx('https://creativecommons.org/licenses/by-nd-nc/2.0/legalcode') = 'CC-BY-NC-ND-2.0'
-- spdx('https://creativecommons.org/licenses/by/3.0/deed.fr') = 'CC-BY-3.0'
-- spdx('http://creativecommons.org/licenses/by-sa/3.0/de/') = 'CC-BY-SA-3.0-DE'
-- spdx('http://creativecommons.org/licenses/by/3.0/ec/') IS NULL
-- spdx('CC BY-NC-SA 4.0') = 'CC-BY-NC-SA-4.0'
-- spdx('cc-by-sa-4.0') = 'CC-BY-SA-4.0'
-- spdx('Creative Commons Attribution-NonCommercial-ShareAlike 4.0 International') = 'CC-BY-NC-SA-4.0'
-- spdx('Creative Commons Attribution 4.0 International (CC BY 4.0)') = 'CC-BY-4.0'
-- spdx('Attribution Noncommercial No Derivatives 3.0') = 'CC-BY-NC-ND-3.0'
-- spdx('CC BY') IS NULL
-- spdx('CC BY 4.0 (audio: CC BY-NC 4.0)') IS NULL
-- spdx('CC0') = 'CC0-1.0'
-- spdx('http://creativecommons.org/publicdomain/zero/1.0/') = 'CC0-1.0'
-- spdx('Creative Commons 0') = 'CC0-1.0'
-- spdx('https://creativecommons.org/publicdomain/mark/1.0/') = 'CC-PDM-1.0'
-- spdx('http://creativecommons.org/licenses/sampling+/1.0/') IS NULL
-- spdx('MIT') = 'MIT'
-- spdx('apache 2.0') = 'Apache-2.0'
-- spdx('cc-by-nc by agreement 4.0') IS NULL
CREATE MACRO licence_words(text) AS
    regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(lower(trim(text)),
        '^(https?:)?(//)?(www\.)?creativecommons\.org/(licenses/)?|^(creative commons|cc)[ _-]*', ''),
        'attribution', 'by', 'g'), 'non[ _-]?commercial', 'nc', 'g'), 'share[ _-]?alike', 'sa', 'g'),
        'no[ _-]?deriv(ative)?s?( works)?', 'nd', 'g');
CREATE MACRO licence_id(words) AS CASE
    WHEN regexp_full_match(words, '(publicdomain/)?(zero|0)([ /_-]?(v|version )?1\.0)?( universal.*|/.*)?') THEN 'CC0-1.0'
    WHEN regexp_full_match(words, 'public ?domain[ /]mark([ /]1\.0)?(/.*)?') THEN 'CC-PDM-1.0'
    WHEN regexp_full_match(words, 'publicdomain/(deed.*)?') THEN 'CC-PDDC'
    WHEN regexp_full_match(
        words,
        'by([ _-]+(nc|nd|sa))*[ /_-]+(v|version )?\d\.\d' ||
        '((/[a-z]{2,3})?(/|/?(deed|legalcode)[a-z._-]*)?([?#].*)?|( (international|unported|generic|public|licen[cs]e|deed))*)'
    )
    THEN 'CC-BY'
        || CASE WHEN regexp_matches(words, '^[a-z _-]*\bnc\b') THEN '-NC' ELSE '' END
        || CASE WHEN regexp_matches(words, '^[a-z _-]*\bnd\b') THEN '-ND' ELSE '' END
        || CASE WHEN regexp_matches(words, '^[a-z _-]*\bsa\b') THEN '-SA' ELSE '' END
        || '-' || regexp_extract(words, '\d\.\d')
        || upper(regexp_replace(regexp_extract(words, '\d\.\d/([a-z]{2,3})(?:/|$)', 1), '^(.)', '-\1'))
END;
CREATE MACRO known_licence(words) AS
    list_extract(spdx_ids(), list_position(list_transform(spdx_ids(), lambda one: lower(one)), lower(words)));
CREATE MACRO one_licence(text) AS coalesce(
    known_licence(regexp_replace(regexp_replace(trim(text), '(?i) licen[cs]e$', ''), '[ _]+', '-', 'g')),
    known_licence(licence_id(licence_words(text)))
);
CREATE MACRO spdx(text) AS CASE
    WHEN NOT contains(text, '(') THEN one_licence(text)
    WHEN one_licence(split_part(text, '(', 1)) = one_licence(regexp_extract(text, '\(([^()]*)\)\s*$', 1))
    THEN one_licence(split_part(text, '(', 1))
END;
