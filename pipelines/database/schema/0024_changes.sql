-- What is new since an export. Who stamps a row holds a shared lock until its transaction ends; an export takes the
-- exclusive one for a moment and so knows that no earlier stamp is still to come, however late a transaction commits.

CREATE TABLE export_marks (
    name            text         NOT NULL CHECK (name <> ''),
    kind            text         NOT NULL CHECK (kind <> ''),
    filters         text         CHECK (filters <> ''),
    exported_until  timestamptz,
    begun_until     timestamptz,
    exported_at     timestamptz,
    PRIMARY KEY (name, kind)
);
COMMENT ON TABLE export_marks IS 'How far the exports under a name came (asiatongsin export --new-since).';
COMMENT ON COLUMN export_marks.name IS 'Name that the user has given.';
COMMENT ON COLUMN export_marks.kind IS 'What is exported: articles, weather and so on.';
COMMENT ON COLUMN export_marks.filters IS 'Filters of the export, as they were written; others need another name. NULL: none.';
COMMENT ON COLUMN export_marks.exported_until IS 'All that was stamped until then is in files; NULL where no export has ended yet.';
COMMENT ON COLUMN export_marks.begun_until IS 'All that was stamped until then is in the export that began last. No later stamp is earlier than this, whatever the clock says.';
COMMENT ON COLUMN export_marks.exported_at IS 'When the last file was whole.';
DO $$
DECLARE given record;
BEGIN
    FOR given IN
        SELECT CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END AS role, a.privilege_type AS right
        FROM pg_class AS c CROSS JOIN aclexplode(c.relacl) AS a
        WHERE c.oid = 'crawls'::regclass AND a.grantee <> c.relowner
            AND a.privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
    LOOP
        EXECUTE format('GRANT %s ON export_marks TO %s', given.right, given.role);
    END LOOP;
END $$;

CREATE FUNCTION change_time() RETURNS timestamptz LANGUAGE plpgsql VOLATILE SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtextextended('asiatongsin changes', 0));
    RETURN greatest(clock_timestamp(), (SELECT max(begun_until) + interval '1 microsecond' FROM export_marks));
END $$;
COMMENT ON FUNCTION change_time() IS 'The time that is stamped on what is changed now: behind every export that has begun.';

CREATE FUNCTION note_change() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    NEW.changed_at := change_time();
    RETURN NEW;
END $$;
COMMENT ON FUNCTION note_change() IS 'Stamps a row that is changed.';

-- A photo or a link belongs to its article. Where no export has begun since that was stamped, it needs no new stamp.
CREATE FUNCTION note_change_of_articles() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    now timestamptz := change_time();
BEGIN
    UPDATE article_texts AS a SET changed_at = now FROM (SELECT DISTINCT site, no FROM changed) AS c
    WHERE a.site = c.site AND a.no = c.no
        AND coalesce(a.changed_at, '-infinity') <= (SELECT max(begun_until) FROM export_marks);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION note_change_of_articles() IS 'Stamps the articles to which changed rows belong.';

-- A default that is set later leaves the rows of before as they are, and takes no time.
ALTER TABLE article_texts ADD COLUMN changed_at timestamptz;
ALTER TABLE article_texts ALTER COLUMN changed_at SET DEFAULT change_time();
COMMENT ON COLUMN article_texts.changed_at IS 'When a text, photo or other content of the article was stored last that was not stored before, or the article was found gone or back; a visit that finds the same does not count. NULL: not since version 24 of the schema.';
CREATE OR REPLACE VIEW articles AS
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
        AS text_archive_length,
    t.changed_at
FROM article_texts AS t
LEFT JOIN article_checks AS c ON c.site = t.site AND c.no = t.no AND c.fetched_at > t.fetched_at;
COMMENT ON COLUMN articles.changed_at IS 'When a text, photo or other content of the article was stored last that was not stored before, or the article was found gone or back; a visit that finds the same does not count. NULL: not since version 24 of the schema.';
CREATE INDEX articles_by_change ON article_texts (changed_at);
CREATE TRIGGER articles_changed BEFORE UPDATE ON article_texts FOR EACH ROW WHEN (
    OLD.url IS DISTINCT FROM NEW.url OR OLD.section IS DISTINCT FROM NEW.section
    OR OLD.headline IS DISTINCT FROM NEW.headline OR OLD.subheadline IS DISTINCT FROM NEW.subheadline
    OR OLD.reporter IS DISTINCT FROM NEW.reporter OR OLD.reporter_email IS DISTINCT FROM NEW.reporter_email
    OR OLD.published_at IS DISTINCT FROM NEW.published_at OR OLD.modified_at IS DISTINCT FROM NEW.modified_at
    OR OLD.body IS DISTINCT FROM NEW.body OR OLD.language IS DISTINCT FROM NEW.language
    OR OLD.content_hash IS DISTINCT FROM NEW.content_hash OR OLD.revision IS DISTINCT FROM NEW.revision
    OR OLD.gone_at IS DISTINCT FROM NEW.gone_at
) EXECUTE FUNCTION note_change();

CREATE TRIGGER article_images_added AFTER INSERT ON article_images REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION note_change_of_articles();
CREATE TRIGGER article_images_changed AFTER UPDATE ON article_images REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION note_change_of_articles();
CREATE TRIGGER article_images_deleted AFTER DELETE ON article_images REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION note_change_of_articles();
CREATE TRIGGER article_links_added AFTER INSERT ON article_links REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION note_change_of_articles();
CREATE TRIGGER article_links_changed AFTER UPDATE ON article_links REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION note_change_of_articles();
CREATE TRIGGER article_links_deleted AFTER DELETE ON article_links REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION note_change_of_articles();
-- Whatever else happens to an older text changes the number of the newest one.
CREATE TRIGGER replaced_texts_changed AFTER UPDATE ON replaced_texts REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION note_change_of_articles();

ALTER TABLE shown_teasers ADD COLUMN changed_at timestamptz;
ALTER TABLE shown_teasers ALTER COLUMN changed_at SET DEFAULT change_time();
COMMENT ON COLUMN shown_teasers.changed_at IS 'When these teasers were stored first, and no others until now. NULL: not since version 24 of the schema.';
CREATE TRIGGER shown_teasers_changed BEFORE UPDATE ON shown_teasers FOR EACH ROW WHEN (
    OLD.blocks IS DISTINCT FROM NEW.blocks OR OLD.starts IS DISTINCT FROM NEW.starts
    OR OLD.positions IS DISTINCT FROM NEW.positions OR OLD.related_nos IS DISTINCT FROM NEW.related_nos
    OR OLD.variants IS DISTINCT FROM NEW.variants
) EXECUTE FUNCTION note_change();

ALTER TABLE weather_snapshots ADD COLUMN changed_at timestamptz;
ALTER TABLE weather_snapshots ALTER COLUMN changed_at SET DEFAULT change_time();
COMMENT ON COLUMN weather_snapshots.changed_at IS 'When the row was changed last, also because another page showed it. NULL: not since version 24 of the schema.';
CREATE TRIGGER weather_snapshots_changed BEFORE UPDATE ON weather_snapshots
    FOR EACH ROW EXECUTE FUNCTION note_change();
