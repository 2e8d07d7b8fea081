-- Moves the teasers of some articles, and counts them.
WITH moved AS (
    DELETE FROM before_0018 AS b USING unnest(%(sites)s::text[], %(numbers)s::bigint[]) AS a (site, no)
    WHERE b.site = a.site AND b.no = a.no
    RETURNING b.*
), numbered AS (
    SELECT *,
        row_number() OVER (PARTITION BY site, no ORDER BY block COLLATE "C", position)::integer AS place,
        row_number() OVER (PARTITION BY site, no, block ORDER BY position) AS place_within,
        ('x' || encode(substring(sha256(
            coalesce(convert_to(title, 'UTF8'), '') || '\x00'::bytea || coalesce(convert_to(lead, 'UTF8'), '')
            || '\x00'::bytea || coalesce(convert_to(image_url, 'UTF8'), '') || '\x00'::bytea
        ) FOR 8), 'hex'))::bit(64)::bigint AS variant
    FROM moved
), kept AS (
    INSERT INTO teasers (site, related_no, variant, title, lead, image_url)
    SELECT DISTINCT ON (site, related_no, variant) site, related_no, variant, title, lead, image_url
    FROM numbered ORDER BY site, related_no, variant
    ON CONFLICT DO NOTHING
), shown AS (
    INSERT INTO shown_teasers (site, no, first_seen_at, last_seen_at, blocks, starts, positions, related_nos, variants)
    SELECT n.site, n.no, max(n.fetched_at), nullif(max(n.fetched_at), a.fetched_at),
        array_agg(block ORDER BY place) FILTER (WHERE place_within = 1),
        array_agg(place ORDER BY place) FILTER (WHERE place_within = 1),
        CASE WHEN bool_or(position <> place_within) THEN array_agg(position ORDER BY place) END,
        array_agg(related_no ORDER BY place), array_agg(variant ORDER BY place)
    FROM numbered AS n JOIN articles AS a ON a.site = n.site AND a.no = n.no
    GROUP BY n.site, n.no, a.fetched_at
)
SELECT count(*) FROM moved
