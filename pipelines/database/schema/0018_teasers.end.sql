-- Nothing is left to be moved: the views need the old table no longer.

CREATE OR REPLACE VIEW related_stories AS
SELECT s.site, s.no, s.blocks[width_bucket(t.place::integer, s.starts)] AS block,
    coalesce(s.positions[t.place], t.place::integer - s.starts[width_bucket(t.place::integer, s.starts)] + 1) AS position,
    t.related_no, e.title, e.lead, e.image_url, coalesce(s.last_seen_at, a.fetched_at) AS fetched_at
FROM shown_teasers AS s
JOIN articles AS a ON a.site = s.site AND a.no = s.no
CROSS JOIN LATERAL unnest(s.related_nos, s.variants) WITH ORDINALITY AS t (related_no, variant, place)
LEFT JOIN teasers AS e ON e.site = s.site AND e.related_no = t.related_no AND e.variant = t.variant;

CREATE OR REPLACE VIEW related_story_history AS
SELECT s.site, s.no, s.blocks[width_bucket(t.place::integer, s.starts)] AS block, t.related_no,
    min(s.first_seen_at) AS first_seen_at, max(s.last_seen_at) AS last_seen_at
FROM (
    SELECT n.site, n.no, n.first_seen_at, coalesce(n.last_seen_at, a.fetched_at) AS last_seen_at, n.blocks, n.starts, n.related_nos
    FROM shown_teasers AS n JOIN articles AS a ON a.site = n.site AND a.no = n.no
    UNION ALL
    SELECT site, no, first_seen_at, last_seen_at, blocks, starts, related_nos FROM formerly_shown_teasers
) AS s
CROSS JOIN LATERAL unnest(s.related_nos) WITH ORDINALITY AS t (related_no, place)
GROUP BY 1, 2, 3, 4;

CREATE OR REPLACE VIEW related_numbers AS
SELECT site, related_no FROM teasers;

DROP TABLE before_0018;
