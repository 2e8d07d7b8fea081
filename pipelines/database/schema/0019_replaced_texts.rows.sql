-- Moves the texts of some articles, and counts them. The newest text of each stays in articles alone, where it is the same.
WITH moved AS (
    DELETE FROM before_0019 AS b USING unnest(%(sites)s::text[], %(numbers)s::bigint[]) AS a (site, no)
    WHERE b.site = a.site AND b.no = a.no
    RETURNING b.*
), newest AS (
    SELECT m.*, a.fetched_at AS fetched_last_at FROM moved AS m
    JOIN articles AS a ON a.site = m.site AND a.no = m.no AND a.revision = m.revision
    WHERE (a.headline, a.subheadline, a.body, a.modified_at, a.content_hash)
            IS NOT DISTINCT FROM (m.headline, m.subheadline, m.body, m.modified_at, m.content_hash)
        AND (a.fetched_at <> m.fetched_at OR (a.archive_file, a.archive_offset, a.archive_length)
            IS NOT DISTINCT FROM (m.archive_file, m.archive_offset, m.archive_length))
), kept AS (
    INSERT INTO replaced_texts (
        site, no, revision, fetched_at, headline, subheadline, body, modified_at, content_hash,
        archive_file, archive_offset, archive_length, returned
    )
    SELECT site, no, revision, fetched_at, headline, subheadline, body, modified_at, content_hash,
        archive_file, archive_offset, archive_length, returned
    FROM moved WHERE (site, no, revision) NOT IN (SELECT site, no, revision FROM newest)
), noted AS (
    UPDATE article_texts AS a SET
        returned = n.returned,
        text_fetched_at = nullif(n.fetched_at, a.fetched_at),
        text_archive_file = CASE WHEN n.fetched_at <> a.fetched_at THEN n.archive_file END,
        text_archive_offset = CASE WHEN n.fetched_at <> a.fetched_at THEN n.archive_offset END,
        text_archive_length = CASE WHEN n.fetched_at <> a.fetched_at THEN n.archive_length END
    FROM newest AS n
    WHERE a.site = n.site AND a.no = n.no AND (n.returned OR n.fetched_at <> n.fetched_last_at)
)
SELECT count(*) FROM moved
