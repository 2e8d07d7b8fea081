-- What makes an article gone: sightings of crawls that ended well, on a site that still served other articles.

ALTER TABLE removed_articles
    ADD COLUMN last_crawl text CHECK (last_crawl <> ''),
    ADD COLUMN listed boolean NOT NULL DEFAULT true,
    ADD COLUMN first_confirmed_at timestamptz,
    ADD COLUMN last_confirmed_at timestamptz,
    ADD CHECK (first_confirmed_at <= last_confirmed_at);
ALTER TABLE removed_articles ALTER COLUMN listed SET DEFAULT false;
COMMENT ON COLUMN removed_articles.last_crawl IS 'The crawl that found it removed last.';
COMMENT ON COLUMN removed_articles.listed IS 'A list led to it; else it was tried by its number, and may never have been an article.';
COMMENT ON COLUMN removed_articles.first_confirmed_at IS 'When it was found removed first, since it was last there, by a crawl whose removals count (crawls.gone_after).';
COMMENT ON COLUMN removed_articles.last_confirmed_at IS 'When such a crawl found it removed last.';

CREATE INDEX removed_articles_by_crawl ON removed_articles (site, last_crawl);
CREATE INDEX removed_articles_by_time ON removed_articles (site, last_seen_at);

ALTER TABLE crawls ADD COLUMN gone_after interval CHECK (gone_after > interval '0');
COMMENT ON COLUMN crawls.gone_after IS 'How far apart two sightings of a removed article had to be to make it gone; NULL where those of this crawl count for nothing.';

ALTER TABLE article_revisions ADD COLUMN returned boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN article_revisions.returned IS 'The article had been gone before this capture, which may hold the text of the revision before.';
