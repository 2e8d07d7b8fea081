-- A text is stored once: the newest one in articles alone, those before it in replaced_texts. article_revisions, a view
-- from now on, gives all of them. Where the newest text stands in replaced_texts as well, as it was fetched first and
-- with another blank or time of 수정, the view takes it from there.

ALTER TABLE article_revisions RENAME TO before_0019;

CREATE TABLE replaced_texts (
    site            text         NOT NULL,
    no              bigint       NOT NULL,
    revision        integer      NOT NULL CHECK (revision > 0),
    fetched_at      timestamptz  NOT NULL,
    headline        text         NOT NULL CHECK (headline <> ''),
    subheadline     text         CHECK (subheadline <> ''),
    body            text         CHECK (body <> ''),
    modified_at     timestamptz,
    content_hash    text         NOT NULL CHECK (length(content_hash) = 64),
    archive_file    text         CHECK (archive_file <> ''),
    archive_offset  bigint       CHECK (archive_offset >= 0),
    archive_length  bigint       CHECK (archive_length > 0),
    returned        boolean      NOT NULL DEFAULT false,
    PRIMARY KEY (site, no, revision),
    FOREIGN KEY (site, no) REFERENCES articles ON DELETE CASCADE
);
COMMENT ON TABLE replaced_texts IS 'The texts of article_revisions that articles does not hold as they were fetched first.';
COMMENT ON COLUMN replaced_texts.site IS 'Host of the site.';
COMMENT ON COLUMN replaced_texts.no IS 'Number of the article.';
COMMENT ON COLUMN replaced_texts.revision IS '1, 2, …: a new one where the content hash differs from that of the one before.';
COMMENT ON COLUMN replaced_texts.fetched_at IS 'When this text was fetched first.';
COMMENT ON COLUMN replaced_texts.headline IS 'Headline.';
COMMENT ON COLUMN replaced_texts.subheadline IS 'Sub-headline; several printed lines stay several lines.';
COMMENT ON COLUMN replaced_texts.body IS 'Paragraphs as printed, joined by a blank line; NULL for a photo or video alone.';
COMMENT ON COLUMN replaced_texts.modified_at IS 'Printed time of 수정.';
COMMENT ON COLUMN replaced_texts.content_hash IS 'SHA-256 of headline, sub-headline and body with white space folded.';
COMMENT ON COLUMN replaced_texts.archive_file IS 'WARC file below the data folder that holds the page with this text; NULL where it was not archived.';
COMMENT ON COLUMN replaced_texts.archive_offset IS 'Byte of that file at which the record of the page begins.';
COMMENT ON COLUMN replaced_texts.archive_length IS 'Bytes of that record, compressed.';
COMMENT ON COLUMN replaced_texts.returned IS 'The article had been gone before this capture, which may hold the text of the revision before.';

ALTER TABLE articles
    ADD COLUMN returned boolean NOT NULL DEFAULT false,
    ADD COLUMN text_fetched_at timestamptz,
    ADD COLUMN text_archive_file text CHECK (text_archive_file <> ''),
    ADD COLUMN text_archive_offset bigint CHECK (text_archive_offset >= 0),
    ADD COLUMN text_archive_length bigint CHECK (text_archive_length > 0);
COMMENT ON COLUMN articles.returned IS 'The article had been gone before this text was fetched, which may be that of the revision before.';
COMMENT ON COLUMN articles.text_fetched_at IS 'When this text was fetched first; NULL where it was fetched once, at fetched_at.';
COMMENT ON COLUMN articles.text_archive_file IS 'WARC file of the page that was fetched at text_fetched_at; NULL where it was not archived.';
COMMENT ON COLUMN articles.text_archive_offset IS 'Byte of that file at which the record of that page begins.';
COMMENT ON COLUMN articles.text_archive_length IS 'Bytes of that record, compressed.';

CREATE VIEW article_revisions AS
SELECT site, no, revision, fetched_at, headline, subheadline, body, modified_at, content_hash,
    archive_file, archive_offset, archive_length, returned
FROM replaced_texts
UNION ALL
SELECT site, no, revision, fetched_at, headline, subheadline, body, modified_at, content_hash,
    archive_file, archive_offset, archive_length, returned
FROM before_0019
UNION ALL
SELECT site, no, revision, coalesce(text_fetched_at, fetched_at), headline, subheadline, body, modified_at, content_hash,
    CASE WHEN text_fetched_at IS NULL THEN archive_file ELSE text_archive_file END,
    CASE WHEN text_fetched_at IS NULL THEN archive_offset ELSE text_archive_offset END,
    CASE WHEN text_fetched_at IS NULL THEN archive_length ELSE text_archive_length END,
    returned
FROM articles AS a WHERE NOT EXISTS (
    SELECT FROM replaced_texts AS r WHERE r.site = a.site AND r.no = a.no AND r.revision = a.revision
) AND NOT EXISTS (
    SELECT FROM before_0019 AS b WHERE b.site = a.site AND b.no = a.no AND b.revision = a.revision
);
COMMENT ON VIEW article_revisions IS 'Every text an article had when it was fetched, oldest first; the newest is that of articles.';
COMMENT ON COLUMN article_revisions.site IS 'Host of the site.';
COMMENT ON COLUMN article_revisions.no IS 'Number of the article.';
COMMENT ON COLUMN article_revisions.revision IS '1, 2, …: a new one where the content hash differs from that of the one before.';
COMMENT ON COLUMN article_revisions.fetched_at IS 'When this text was fetched first.';
COMMENT ON COLUMN article_revisions.headline IS 'Headline.';
COMMENT ON COLUMN article_revisions.subheadline IS 'Sub-headline; several printed lines stay several lines.';
COMMENT ON COLUMN article_revisions.body IS 'Paragraphs as printed, joined by a blank line; NULL for a photo or video alone.';
COMMENT ON COLUMN article_revisions.modified_at IS 'Printed time of 수정.';
COMMENT ON COLUMN article_revisions.content_hash IS 'SHA-256 of headline, sub-headline and body with white space folded.';
COMMENT ON COLUMN article_revisions.archive_file IS 'WARC file below the data folder that holds the page with this text; NULL where it was not archived.';
COMMENT ON COLUMN article_revisions.archive_offset IS 'Byte of that file at which the record of the page begins.';
COMMENT ON COLUMN article_revisions.archive_length IS 'Bytes of that record, compressed.';
COMMENT ON COLUMN article_revisions.returned IS 'The article had been gone before this capture, which may hold the text of the revision before.';

-- Whoever could read or write the texts still can.
DO $$
DECLARE given record;
BEGIN
    FOR given IN
        SELECT privilege_type AS kind, new,
            CASE WHEN grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END AS role
        FROM pg_class, aclexplode(relacl), unnest('{replaced_texts,article_revisions}'::text[]) AS new
        WHERE oid = 'before_0019'::regclass AND grantee <> relowner
            AND privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
    LOOP
        EXECUTE format('GRANT %s ON %I TO %s', given.kind, given.new, given.role);
    END LOOP;
END $$;

-- Long texts stand beside the row, so that a visit that finds nothing new does not write them anew. lz4 packs as small
-- and several times as fast; some servers are built without it.
ALTER TABLE articles SET (toast_tuple_target = 700);
DO $$
BEGIN
    ALTER TABLE articles ALTER COLUMN body SET COMPRESSION lz4;
    ALTER TABLE replaced_texts ALTER COLUMN body SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported THEN
    NULL;
END $$;
