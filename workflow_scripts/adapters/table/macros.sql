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
