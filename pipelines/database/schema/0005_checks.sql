-- When an article is visited again. Of what is stored already, the young articles are due at once.

CREATE TABLE article_checks (
    site           text        NOT NULL,
    no             bigint      NOT NULL,
    checked_at     timestamptz NOT NULL,
    next_check_at  timestamptz,
    dated_at       timestamptz NOT NULL,
    etag           text        CHECK (etag <> ''),
    last_modified  text        CHECK (last_modified <> ''),
    PRIMARY KEY (site, no),
    FOREIGN KEY (site, no) REFERENCES articles ON DELETE CASCADE
);
CREATE INDEX article_checks_by_date ON article_checks (site, next_check_at, no) WHERE next_check_at IS NOT NULL;
COMMENT ON TABLE article_checks IS 'The last visit of an article, and when the next one is due.';
COMMENT ON COLUMN article_checks.site IS 'Host of the site.';
COMMENT ON COLUMN article_checks.no IS 'Number of the article.';
COMMENT ON COLUMN article_checks.checked_at IS 'When the article was asked for last, whatever the answer.';
COMMENT ON COLUMN article_checks.next_check_at IS 'When it is due again; NULL where it is old enough to be left alone.';
COMMENT ON COLUMN article_checks.dated_at IS 'What its age counts from: the later of its printed times, else its first download or that of a changed text.';
COMMENT ON COLUMN article_checks.etag IS 'ETag of the stored page: with it the server answers a page that is still the same without a body.';
COMMENT ON COLUMN article_checks.last_modified IS 'Last-Modified of the stored page, for the same purpose.';

INSERT INTO article_checks (site, no, checked_at, next_check_at, dated_at)
SELECT site, no, fetched_at, now(), dated_at
FROM (SELECT *, coalesce(greatest(published_at, modified_at), first_seen_at) AS dated_at FROM articles) AS a
WHERE dated_at > now() - interval '30 days';
