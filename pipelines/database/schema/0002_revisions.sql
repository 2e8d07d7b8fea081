-- Every text an article ever had. What is stored already becomes the revision it is known to be.

CREATE TABLE article_revisions (
    site          text        NOT NULL,
    no            bigint      NOT NULL,
    revision      integer     NOT NULL CHECK (revision > 0),
    fetched_at    timestamptz NOT NULL,
    headline      text        NOT NULL CHECK (headline <> ''),
    subheadline   text        CHECK (subheadline <> ''),
    body          text        CHECK (body <> ''),
    modified_at   timestamptz,
    content_hash  text        NOT NULL CHECK (length(content_hash) = 64),
    PRIMARY KEY (site, no, revision),
    FOREIGN KEY (site, no) REFERENCES articles ON DELETE CASCADE
);
COMMENT ON TABLE article_revisions IS 'Every text an article had when it was fetched, oldest first; the newest is that of articles.';
COMMENT ON COLUMN article_revisions.site IS 'Host of the site.';
COMMENT ON COLUMN article_revisions.no IS 'Number of the article.';
COMMENT ON COLUMN article_revisions.revision IS '1, 2, …: a new one where the content hash differs from that of the one before.';
COMMENT ON COLUMN article_revisions.fetched_at IS 'When this text was fetched first.';
COMMENT ON COLUMN article_revisions.headline IS 'Headline.';
COMMENT ON COLUMN article_revisions.subheadline IS 'Sub-headline; several printed lines stay several lines.';
COMMENT ON COLUMN article_revisions.body IS 'Paragraphs as printed, joined by a blank line; NULL for a photo or video alone.';
COMMENT ON COLUMN article_revisions.modified_at IS 'Printed time of 수정.';
COMMENT ON COLUMN article_revisions.content_hash IS 'SHA-256 of headline, sub-headline and body with white space folded.';

INSERT INTO article_revisions (site, no, revision, fetched_at, headline, subheadline, body, modified_at, content_hash)
SELECT site, no, revision, fetched_at, headline, subheadline, body, modified_at, content_hash FROM articles;
