-- What grows with time must not outgrow the news, and how much is stored is told without looking through all of it.

-- What a strip shows is stored once, by its hash: hundreds of papers show that of the same agency.

CREATE TABLE weather_strips (
    readings_hash  text         NOT NULL CHECK (length(readings_hash) = 64),
    position       integer      NOT NULL CHECK (position > 0),
    city           text         NOT NULL CHECK (city <> ''),
    condition      text         CHECK (condition <> ''),
    icon           text         CHECK (icon <> ''),
    temperature_c  numeric(4,1),
    PRIMARY KEY (readings_hash, position)
);
COMMENT ON TABLE weather_strips IS 'The cities of each weather strip that was ever shown, in printed order. The view weather_readings has a row for each snapshot and city.';
COMMENT ON COLUMN weather_strips.readings_hash IS 'SHA-256 of the readings, as in weather_snapshots.';
COMMENT ON COLUMN weather_strips.position IS 'Place in the strip, from 1.';
COMMENT ON COLUMN weather_strips.city IS 'Name as printed.';
COMMENT ON COLUMN weather_strips.condition IS 'Sky as a word; NULL where the strip prints none or -: unknown, not clear.';
COMMENT ON COLUMN weather_strips.icon IS 'Class of the icon, such as iw04.';
COMMENT ON COLUMN weather_strips.temperature_c IS 'Air temperature in degrees Celsius.';

INSERT INTO weather_strips (readings_hash, position, city, condition, icon, temperature_c)
SELECT readings_hash, position, city, condition, icon, temperature_c FROM weather_readings AS r JOIN (
    SELECT readings_hash, min(id) AS id FROM weather_snapshots GROUP BY readings_hash
) AS s ON s.id = r.snapshot_id;
CREATE INDEX weather_strips_by_city ON weather_strips (city);

ALTER TABLE weather_readings RENAME TO before_0021;
CREATE VIEW weather_readings AS
SELECT s.id AS snapshot_id, r.position, r.city, r.condition, r.icon, r.temperature_c, w.station_id
FROM weather_snapshots AS s JOIN weather_strips AS r USING (readings_hash)
LEFT JOIN weather_stations AS w ON w.name_ko = r.city;
DO $$
DECLARE given record;
BEGIN
    FOR given IN
        SELECT CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END AS role, a.privilege_type AS right, name
        FROM pg_class AS c CROSS JOIN aclexplode(c.relacl) AS a CROSS JOIN unnest('{weather_readings,weather_strips}'::text[]) AS name
        WHERE c.oid = 'before_0021'::regclass AND a.grantee <> c.relowner
            AND a.privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
    LOOP
        EXECUTE format('GRANT %s ON %I TO %s', given.right, given.name, given.role);
    END LOOP;
END $$;
DROP TABLE before_0021;
COMMENT ON VIEW weather_readings IS 'The cities of a weather strip, in printed order.';
COMMENT ON COLUMN weather_readings.snapshot_id IS 'The snapshot the reading belongs to.';
COMMENT ON COLUMN weather_readings.position IS 'Place in the strip, from 1.';
COMMENT ON COLUMN weather_readings.city IS 'Name as printed.';
COMMENT ON COLUMN weather_readings.condition IS 'Sky as a word; NULL where the strip prints none or -: unknown, not clear.';
COMMENT ON COLUMN weather_readings.icon IS 'Class of the icon, such as iw04.';
COMMENT ON COLUMN weather_readings.temperature_c IS 'Air temperature in degrees Celsius.';
COMMENT ON COLUMN weather_readings.station_id IS 'Station with exactly this name, where it is known.';

-- Triggers, so that the counts hold whoever adds or deletes articles, and however.
CREATE TABLE article_counts (
    site      text    PRIMARY KEY CHECK (site <> ''),
    articles  bigint  NOT NULL,
    edited    bigint  NOT NULL,
    gone      bigint  NOT NULL
) WITH (fillfactor = 50);
COMMENT ON TABLE article_counts IS 'How much is stored of each site. Triggers on articles keep the counts.';
COMMENT ON COLUMN article_counts.site IS 'Host of the site.';
COMMENT ON COLUMN article_counts.articles IS 'Articles.';
COMMENT ON COLUMN article_counts.edited IS 'Articles with more than one revision.';
COMMENT ON COLUMN article_counts.gone IS 'Articles that the site has removed.';
DO $$
DECLARE given record;
BEGIN
    FOR given IN
        SELECT CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END AS role, a.privilege_type AS right, name
        FROM pg_class AS c CROSS JOIN aclexplode(c.relacl) AS a CROSS JOIN unnest('{article_counts}'::text[]) AS name
        WHERE c.oid = 'articles'::regclass AND a.grantee <> c.relowner
            AND a.privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
    LOOP
        EXECUTE format('GRANT %s ON %I TO %s', given.right, given.name, given.role);
    END LOOP;
END $$;

CREATE FUNCTION count_articles() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        DELETE FROM article_counts;
    ELSIF TG_OP = 'INSERT' THEN
        INSERT INTO article_counts AS s (site, articles, edited, gone)
        SELECT site, count(*), count(*) FILTER (WHERE revision > 1), count(gone_at) FROM added GROUP BY site ORDER BY site
        ON CONFLICT (site) DO UPDATE SET articles = s.articles + excluded.articles,
            edited = s.edited + excluded.edited, gone = s.gone + excluded.gone;
    ELSIF TG_OP = 'UPDATE' THEN
        UPDATE article_counts SET edited = edited + (NEW.revision > 1)::int - (OLD.revision > 1)::int,
            gone = gone + (NEW.gone_at IS NOT NULL)::int - (OLD.gone_at IS NOT NULL)::int
        WHERE site = NEW.site;
    ELSE
        UPDATE article_counts AS s SET articles = s.articles - d.articles, edited = s.edited - d.edited, gone = s.gone - d.gone
        FROM (
            SELECT site, count(*) AS articles, count(*) FILTER (WHERE revision > 1) AS edited, count(gone_at) AS gone
            FROM deleted GROUP BY site
        ) AS d
        WHERE s.site = d.site;
    END IF;
    RETURN NULL;
END $$;

COMMENT ON FUNCTION count_articles IS 'Keeps article_counts in step with articles.';

CREATE TRIGGER articles_added AFTER INSERT ON articles REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION count_articles();
CREATE TRIGGER articles_deleted AFTER DELETE ON articles REFERENCING OLD TABLE AS deleted
    FOR EACH STATEMENT EXECUTE FUNCTION count_articles();
CREATE TRIGGER articles_emptied AFTER TRUNCATE ON articles FOR EACH STATEMENT EXECUTE FUNCTION count_articles();
CREATE TRIGGER articles_edited AFTER UPDATE ON articles FOR EACH ROW
    WHEN ((OLD.revision > 1) <> (NEW.revision > 1) OR (OLD.gone_at IS NULL) <> (NEW.gone_at IS NULL))
    EXECUTE FUNCTION count_articles();
INSERT INTO article_counts (site, articles, edited, gone)
SELECT site, count(*), count(*) FILTER (WHERE revision > 1), count(gone_at) FROM articles GROUP BY site;

-- Numbers that are stored are read out of the primary key, and those that are gone out of this one.
CREATE INDEX articles_gone ON articles (site, no) WHERE gone_at IS NOT NULL;

-- The latest rejected pages of all sites.
CREATE INDEX rejected_pages_by_time ON rejected_pages (fetched_at);

-- By default a fifth of a table is dead before it is cleaned; in an index by date, all that is dead lies before what is due.
ALTER TABLE article_checks SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05);
ALTER TABLE crawls SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05);
ALTER TABLE weather_snapshots SET (autovacuum_vacuum_scale_factor = 0.05);
