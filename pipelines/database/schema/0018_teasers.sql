-- A teaser stands on hundreds of pages in the same words: its text is stored once, and of each page which ones it shows.

ALTER TABLE related_stories RENAME TO before_0018;

CREATE TABLE teasers (
    site        text   NOT NULL CHECK (site <> ''),
    related_no  bigint NOT NULL CHECK (related_no > 0),
    variant     bigint NOT NULL,
    title       text   CHECK (title <> ''),
    lead        text   CHECK (lead <> ''),
    image_url   text   CHECK (image_url <> ''),
    PRIMARY KEY (site, related_no, variant)
);
COMMENT ON TABLE teasers IS 'Teasers that pages have shown around their articles, each text once.';
COMMENT ON COLUMN teasers.site IS 'Host of the site.';
COMMENT ON COLUMN teasers.related_no IS 'Number of the article to which it leads; it may be older than everything stored.';
COMMENT ON COLUMN teasers.variant IS 'Tells the teasers of one article apart: first 64 bits of the SHA-256 of title, lead and image_url, each with a zero byte behind it.';
COMMENT ON COLUMN teasers.title IS 'Title as printed.';
COMMENT ON COLUMN teasers.lead IS 'Start of the other article''s body, cut by the site at 600 characters of its source.';
COMMENT ON COLUMN teasers.image_url IS 'Absolute address of the thumbnail.';

CREATE TABLE shown_teasers (
    site           text        NOT NULL,
    no             bigint      NOT NULL,
    first_seen_at  timestamptz NOT NULL,
    last_seen_at   timestamptz,
    blocks         text[]      NOT NULL CHECK ('' <> ALL (blocks)),
    starts         integer[]   NOT NULL,
    positions      integer[]   CHECK (0 < ALL (positions)),
    related_nos    bigint[]    NOT NULL CHECK (0 < ALL (related_nos)),
    variants       bigint[]    NOT NULL,
    PRIMARY KEY (site, no),
    FOREIGN KEY (site, no) REFERENCES articles ON DELETE CASCADE,
    CHECK (cardinality(starts) = cardinality(blocks)),
    CHECK (cardinality(positions) = cardinality(related_nos)),
    CHECK (cardinality(variants) = cardinality(related_nos))
);
COMMENT ON TABLE shown_teasers IS 'Which teasers were around an article when it was fetched last; the view related_stories shows them one by one.';
COMMENT ON COLUMN shown_teasers.site IS 'Host of the site.';
COMMENT ON COLUMN shown_teasers.no IS 'Number of the article.';
COMMENT ON COLUMN shown_teasers.first_seen_at IS 'When the page was first seen to show these, and no others until now.';
COMMENT ON COLUMN shown_teasers.last_seen_at IS 'When it was seen so last; NULL where that was when the article was fetched last (articles.fetched_at).';
COMMENT ON COLUMN shown_teasers.blocks IS 'Printed titles of the blocks, or their widget classes, in the order of their UTF-8 bytes.';
COMMENT ON COLUMN shown_teasers.starts IS 'For each block, the place in related_nos of its first teaser, from 1.';
COMMENT ON COLUMN shown_teasers.positions IS 'For each teaser its place within its block; NULL where each block is whole: 1, 2, 3 and so on.';
COMMENT ON COLUMN shown_teasers.related_nos IS 'Numbers of the articles to which the teasers lead, block after block.';
COMMENT ON COLUMN shown_teasers.variants IS 'For each of them, teasers.variant.';

CREATE TABLE formerly_shown_teasers (
    site           text        NOT NULL,
    no             bigint      NOT NULL,
    first_seen_at  timestamptz NOT NULL,
    last_seen_at   timestamptz NOT NULL,
    blocks         text[]      NOT NULL CHECK ('' <> ALL (blocks)),
    starts         integer[]   NOT NULL,
    positions      integer[]   CHECK (0 < ALL (positions)),
    related_nos    bigint[]    NOT NULL CHECK (0 < ALL (related_nos)),
    variants       bigint[]    NOT NULL,
    PRIMARY KEY (site, no, first_seen_at),
    FOREIGN KEY (site, no) REFERENCES articles ON DELETE CASCADE,
    CHECK (first_seen_at <= last_seen_at),
    CHECK (cardinality(starts) = cardinality(blocks)),
    CHECK (cardinality(positions) = cardinality(related_nos)),
    CHECK (cardinality(variants) = cardinality(related_nos))
);
COMMENT ON TABLE formerly_shown_teasers IS 'Which teasers were around an article before it showed others.';
COMMENT ON COLUMN formerly_shown_teasers.site IS 'Host of the site.';
COMMENT ON COLUMN formerly_shown_teasers.no IS 'Number of the article.';
COMMENT ON COLUMN formerly_shown_teasers.first_seen_at IS 'When the page was first seen to show these.';
COMMENT ON COLUMN formerly_shown_teasers.last_seen_at IS 'When it was last seen so.';
COMMENT ON COLUMN formerly_shown_teasers.blocks IS 'As in shown_teasers.';
COMMENT ON COLUMN formerly_shown_teasers.starts IS 'As in shown_teasers.';
COMMENT ON COLUMN formerly_shown_teasers.positions IS 'As in shown_teasers.';
COMMENT ON COLUMN formerly_shown_teasers.related_nos IS 'As in shown_teasers.';
COMMENT ON COLUMN formerly_shown_teasers.variants IS 'As in shown_teasers.';

CREATE VIEW related_stories AS
SELECT s.site, s.no, s.blocks[width_bucket(t.place::integer, s.starts)] AS block,
    coalesce(s.positions[t.place], t.place::integer - s.starts[width_bucket(t.place::integer, s.starts)] + 1) AS position,
    t.related_no, e.title, e.lead, e.image_url, coalesce(s.last_seen_at, a.fetched_at) AS fetched_at
FROM shown_teasers AS s
JOIN articles AS a ON a.site = s.site AND a.no = s.no
CROSS JOIN LATERAL unnest(s.related_nos, s.variants) WITH ORDINALITY AS t (related_no, variant, place)
LEFT JOIN teasers AS e ON e.site = s.site AND e.related_no = t.related_no AND e.variant = t.variant
UNION ALL
SELECT site, no, block, position, related_no, title, lead, image_url, fetched_at FROM before_0018;
COMMENT ON VIEW related_stories IS 'Teasers around an article when it was fetched last.';
COMMENT ON COLUMN related_stories.site IS 'Host of the site.';
COMMENT ON COLUMN related_stories.no IS 'Number of the article whose page showed the teaser.';
COMMENT ON COLUMN related_stories.block IS 'Printed title of the block, or its widget class.';
COMMENT ON COLUMN related_stories.position IS 'Place within the block, from 1.';
COMMENT ON COLUMN related_stories.related_no IS 'Number of the other article; it may be older than everything stored.';
COMMENT ON COLUMN related_stories.title IS 'Title as printed.';
COMMENT ON COLUMN related_stories.lead IS 'Start of the other article''s body, cut by the site at 600 characters of its source.';
COMMENT ON COLUMN related_stories.image_url IS 'Absolute address of the thumbnail.';
COMMENT ON COLUMN related_stories.fetched_at IS 'When the page was fetched.';

CREATE VIEW related_story_history AS
SELECT s.site, s.no, s.blocks[width_bucket(t.place::integer, s.starts)] AS block, t.related_no,
    min(s.first_seen_at) AS first_seen_at, max(s.last_seen_at) AS last_seen_at
FROM (
    SELECT n.site, n.no, n.first_seen_at, coalesce(n.last_seen_at, a.fetched_at) AS last_seen_at, n.blocks, n.starts, n.related_nos
    FROM shown_teasers AS n JOIN articles AS a ON a.site = n.site AND a.no = n.no
    UNION ALL
    SELECT site, no, first_seen_at, last_seen_at, blocks, starts, related_nos FROM formerly_shown_teasers
    UNION ALL
    SELECT site, no, fetched_at, fetched_at, ARRAY[block], ARRAY[1], ARRAY[related_no] FROM before_0018
) AS s
CROSS JOIN LATERAL unnest(s.related_nos) WITH ORDINALITY AS t (related_no, place)
GROUP BY 1, 2, 3, 4;
COMMENT ON VIEW related_story_history IS 'Which article led to which, in which block, and when that was seen. What was shown before version 18 of the schema is known as it was last.';
COMMENT ON COLUMN related_story_history.site IS 'Host of the site.';
COMMENT ON COLUMN related_story_history.no IS 'Number of the article whose page showed the teaser.';
COMMENT ON COLUMN related_story_history.block IS 'Printed title of the block, or its widget class.';
COMMENT ON COLUMN related_story_history.related_no IS 'Number of the other article.';
COMMENT ON COLUMN related_story_history.first_seen_at IS 'When a page was first fetched that showed it.';
COMMENT ON COLUMN related_story_history.last_seen_at IS 'When a page was last fetched that showed it.';

CREATE VIEW related_numbers AS
SELECT site, related_no FROM teasers UNION ALL SELECT site, related_no FROM before_0018;
COMMENT ON VIEW related_numbers IS 'Numbers of articles to which stored pages lead or have led; one may be there several times.';
COMMENT ON COLUMN related_numbers.site IS 'Host of the site.';
COMMENT ON COLUMN related_numbers.related_no IS 'Number of the article.';

-- Whoever could read or write the teasers still can.
DO $$
DECLARE given record;
BEGIN
    FOR given IN
        SELECT privilege_type AS kind, new,
            CASE WHEN grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END AS role
        FROM pg_class, aclexplode(relacl),
            unnest('{teasers,shown_teasers,formerly_shown_teasers,related_stories,related_story_history,related_numbers}'::text[])
            AS new
        WHERE oid = 'before_0018'::regclass AND grantee <> relowner
            AND privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
    LOOP
        EXECUTE format('GRANT %s ON %I TO %s', given.kind, given.new, given.role);
    END LOOP;
END $$;
