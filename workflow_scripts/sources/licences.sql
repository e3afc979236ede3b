-- Licences as people write them, by the ids of tables/licences.py. Above each macro: what it gives, and examples that
-- the tests ask it.

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
