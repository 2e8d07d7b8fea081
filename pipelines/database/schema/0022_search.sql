-- What an article can be found by. Of Korean, every two neighbouring syllables ('시장'), also over a blank ('통 시');
-- Latin words and figures whole. T… is the same of the headline alone; S… is the site, C… the section, R… the reporter;
-- Y2026 and M202611 are year and month in Korean time, N stands for no date. What it means for a query is said in
-- pipelines/queries/search/words.py. It names nothing outside pg_catalog: indexes are built with an empty search_path.
CREATE FUNCTION article_terms(
    site text, section text, reporter text, published_at timestamptz, headline text, subheadline text, body text
) RETURNS tsvector LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 10000 AS $$
DECLARE
    day timestamp := CASE WHEN pg_catalog.isfinite(published_at) THEN published_at AT TIME ZONE 'Asia/Seoul' END;
    year int := pg_catalog.date_part('year', day);
    terms text[] := pg_catalog.array_remove(ARRAY[
        'S' || pg_catalog.left(site, 200), 'C' || pg_catalog.left(section, 200), 'R' || pg_catalog.left(reporter, 200),
        coalesce('Y' || year, 'N'), 'M' || (year * 100 + pg_catalog.date_part('month', day)::int)], NULL);
    prefix text := 'T';
    given text;
    folded text;
    found text;
BEGIN
    FOREACH given IN ARRAY ARRAY[
        pg_catalog.left(headline, 2000), pg_catalog.left(pg_catalog.concat_ws(' ', headline, subheadline, body), 60000)
    ] LOOP
        folded := pg_catalog.regexp_replace(pg_catalog.lower(given COLLATE "C"), '[^가-힣一-龥0-9a-z]+', ' ', 'g');
        IF folded ~ '[0-9a-z]{41}' THEN
            folded := pg_catalog.regexp_replace(folded, '[0-9a-z]{41,}', ' ', 'g');
            folded := pg_catalog.regexp_replace(folded, ' +', ' ', 'g');
        END IF;
        folded := pg_catalog.ltrim(folded);
        -- The pairs that begin at the first syllable, the third …, then those that begin at the second, the fourth …
        found := pg_catalog.regexp_replace(
            folded || '|' || pg_catalog.regexp_replace(folded, '(^|[0-9a-z]) ?[가-힣一-龥] ?', '\1 ', 'g'),
            '[가-힣一-龥] ?[가-힣一-龥]|[0-9a-z]+|[가-힣一-龥]', '\&|', 'g');
        found := prefix || pg_catalog.replace(pg_catalog.replace(found, '| ', '|'), '|', '|' || prefix);
        terms := terms || pg_catalog.array_remove(pg_catalog.string_to_array(found, '|'), prefix);
        prefix := '';
    END LOOP;
    RETURN pg_catalog.array_to_tsvector(terms);
END $$;

COMMENT ON FUNCTION count_articles IS 'Keeps article_counts in step with articles.';
COMMENT ON FUNCTION article_terms IS 'What an article can be found by: pairs of syllables, Latin words, site, section, reporter, year and month.';

-- Nobody can use the articles meanwhile: so a larger database gets its index by `asiatongsin index`.
DO $$
BEGIN
    IF (SELECT count(*) FROM (SELECT FROM articles LIMIT 2000) AS few) < 2000 THEN
        CREATE INDEX articles_by_terms ON articles
            USING gin (article_terms(site, section, reporter, published_at, headline, subheadline, body))
            WITH (gin_pending_list_limit = 512);  -- every search reads what waits
        ALTER INDEX articles_by_terms ALTER COLUMN 1 SET STATISTICS 0;  -- ANALYZE would make terms of 30,000 articles
    END IF;
END $$;
