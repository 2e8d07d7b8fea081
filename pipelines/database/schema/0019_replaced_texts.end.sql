-- Nothing is left to be moved: the view needs the old table no longer.

CREATE OR REPLACE VIEW article_revisions AS
SELECT site, no, revision, fetched_at, headline, subheadline, body, modified_at, content_hash,
    archive_file, archive_offset, archive_length, returned
FROM replaced_texts
UNION ALL
SELECT site, no, revision, coalesce(text_fetched_at, fetched_at), headline, subheadline, body, modified_at, content_hash,
    CASE WHEN text_fetched_at IS NULL THEN archive_file ELSE text_archive_file END,
    CASE WHEN text_fetched_at IS NULL THEN archive_offset ELSE text_archive_offset END,
    CASE WHEN text_fetched_at IS NULL THEN archive_length ELSE text_archive_length END,
    returned
FROM articles AS a WHERE NOT EXISTS (
    SELECT FROM replaced_texts AS r WHERE r.site = a.site AND r.no = a.no AND r.revision = a.revision
);

DROP TABLE before_0019;
