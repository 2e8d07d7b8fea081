-- A visit that finds an article unchanged writes one narrow row and not the text anew: article_checks notes when and where
-- the page was fetched. The view articles shows both together, as the table of that name did, which is article_texts now.

ALTER TABLE articles RENAME TO article_texts;

ALTER TABLE article_checks
    ADD COLUMN fetched_at timestamptz,
    ADD COLUMN archive_offset bigint CHECK (archive_offset >= 0),
    ADD COLUMN archive_length bigint CHECK (archive_length > 0),
    ADD COLUMN archive_file text CHECK (archive_file <> ''),
    ADD COLUMN payload_digest text CHECK (payload_digest <> '');
COMMENT ON COLUMN article_checks.fetched_at IS 'When the article was fetched last, where its page held what article_texts has already and is not noted there; otherwise NULL.';
COMMENT ON COLUMN article_checks.archive_file IS 'WARC file below the data folder that holds that page; NULL where it was not archived.';
COMMENT ON COLUMN article_checks.archive_offset IS 'Byte of that file at which the record of the page begins.';
COMMENT ON COLUMN article_checks.archive_length IS 'Bytes of that record, compressed.';
COMMENT ON COLUMN article_checks.payload_digest IS 'Digest of that page as received: sha1: and Base32, as in WARC-Payload-Digest.';

CREATE VIEW articles AS
SELECT t.site, t.no, t.url, t.section, t.headline, t.subheadline, t.reporter, t.reporter_email, t.published_at,
    t.modified_at, t.body, t.language, t.content_hash, t.revision, t.first_seen_at,
    coalesce(c.fetched_at, t.fetched_at) AS fetched_at, t.gone_at,
    CASE WHEN c.fetched_at IS NULL THEN t.archive_file ELSE c.archive_file END AS archive_file,
    CASE WHEN c.fetched_at IS NULL THEN t.archive_offset ELSE c.archive_offset END AS archive_offset,
    CASE WHEN c.fetched_at IS NULL THEN t.archive_length ELSE c.archive_length END AS archive_length,
    CASE WHEN c.fetched_at IS NULL THEN t.payload_digest ELSE c.payload_digest END AS payload_digest,
    t.returned,
    CASE WHEN c.fetched_at IS NULL THEN t.text_fetched_at ELSE coalesce(t.text_fetched_at, t.fetched_at) END
        AS text_fetched_at,
    CASE WHEN c.fetched_at IS NULL OR t.text_fetched_at IS NOT NULL THEN t.text_archive_file ELSE t.archive_file END
        AS text_archive_file,
    CASE WHEN c.fetched_at IS NULL OR t.text_fetched_at IS NOT NULL THEN t.text_archive_offset ELSE t.archive_offset END
        AS text_archive_offset,
    CASE WHEN c.fetched_at IS NULL OR t.text_fetched_at IS NOT NULL THEN t.text_archive_length ELSE t.archive_length END
        AS text_archive_length
FROM article_texts AS t
LEFT JOIN article_checks AS c ON c.site = t.site AND c.no = t.no AND c.fetched_at > t.fetched_at;

DO $$
DECLARE one record;
BEGIN
    -- The view has the comments of the table.
    EXECUTE format('COMMENT ON VIEW articles IS %L', obj_description('article_texts'::regclass, 'pg_class'));
    FOR one IN
        SELECT attname AS name, col_description(attrelid, attnum) AS comment FROM pg_attribute
        WHERE attrelid = 'article_texts'::regclass AND attnum > 0 AND NOT attisdropped
    LOOP
        EXECUTE format('COMMENT ON COLUMN articles.%I IS %L', one.name, one.comment);
    END LOOP;
    -- Whoever could read the table reads the view.
    FOR one IN
        SELECT privilege_type AS kind, CASE WHEN grantee = 0 THEN 'PUBLIC' ELSE grantee::regrole::text END AS role
        FROM pg_class, aclexplode(relacl)
        WHERE oid = 'article_texts'::regclass AND grantee <> relowner AND privilege_type = 'SELECT'
    LOOP
        EXECUTE format('GRANT %s ON articles TO %s', one.kind, one.role);
    END LOOP;
    FOR one IN
        SELECT conname AS name, regexp_replace(conname, '^articles_', 'article_texts_') AS new FROM pg_constraint
        WHERE conrelid = 'article_texts'::regclass AND conname ~ '^articles_'
    LOOP
        EXECUTE format('ALTER TABLE article_texts RENAME CONSTRAINT %I TO %I', one.name, one.new);
    END LOOP;
    -- Views of articles follow, those of others as well. One that only a table can serve shows article_texts from now on.
    FOR one IN
        SELECT DISTINCT c.oid::regclass::text AS name, pg_get_viewdef(c.oid) AS query,
            coalesce('WITH (' || array_to_string(c.reloptions, ', ') || ')', '') AS options
        FROM pg_depend AS d JOIN pg_rewrite AS r ON r.oid = d.objid JOIN pg_class AS c ON c.oid = r.ev_class
        WHERE d.classid = 'pg_rewrite'::regclass AND d.refobjid = 'article_texts'::regclass AND c.relkind = 'v'
            AND c.oid NOT IN ('articles'::regclass, 'article_revisions'::regclass)  -- when a text was fetched first
    LOOP
        BEGIN
            EXECUTE format(
                'CREATE OR REPLACE VIEW %s %s AS %s', one.name, one.options, replace(one.query, 'article_texts', 'articles')
            );
        EXCEPTION WHEN insufficient_privilege OR grouping_error THEN
            RAISE WARNING '% reads article_texts, whose fetched_at and archive_file may be older than those of articles', one.name;
        END;
    END LOOP;
END $$;

COMMENT ON TABLE article_texts IS 'One row per article: its newest captured text. The view articles adds what article_checks notes of later visits that found the same.';
COMMENT ON COLUMN article_texts.fetched_at IS 'When the page was fetched by which this row was written.';
COMMENT ON COLUMN article_texts.archive_file IS 'WARC file below the data folder that holds that page; NULL where it was not archived.';
COMMENT ON COLUMN article_texts.archive_offset IS 'Byte of that file at which the record of that page begins.';
COMMENT ON COLUMN article_texts.payload_digest IS 'Digest of that page as received: sha1: and Base32, as in WARC-Payload-Digest.';
COMMENT ON COLUMN article_texts.text_fetched_at IS 'When this text was fetched first; NULL where that was at fetched_at.';
