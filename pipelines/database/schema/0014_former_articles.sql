-- Numbers that a site gives out again: the article before is kept, and what a list said is remembered.

CREATE TABLE former_articles (
    site            text         NOT NULL CHECK (site <> ''),
    no              bigint       NOT NULL CHECK (no > 0),
    url             text         NOT NULL CHECK (url <> ''),
    section         text         CHECK (section <> ''),
    headline        text         NOT NULL CHECK (headline <> ''),
    subheadline     text         CHECK (subheadline <> ''),
    reporter        text         CHECK (reporter <> ''),
    reporter_email  text         CHECK (reporter_email <> ''),
    published_at    timestamptz,
    modified_at     timestamptz,
    body            text         CHECK (body <> ''),
    language        text         CHECK (language <> ''),
    content_hash    text         NOT NULL CHECK (length(content_hash) = 64),
    revision        integer      NOT NULL DEFAULT 1 CHECK (revision > 0),
    first_seen_at   timestamptz  NOT NULL,
    fetched_at      timestamptz  NOT NULL,
    gone_at         timestamptz,
    archive_file    text         CHECK (archive_file <> ''),
    archive_offset  bigint       CHECK (archive_offset >= 0),
    archive_length  bigint       CHECK (archive_length > 0),
    payload_digest  text         CHECK (payload_digest <> ''),
    replaced_at     timestamptz  NOT NULL,
    PRIMARY KEY (site, no, replaced_at),
    CHECK (first_seen_at <= fetched_at)
);
COMMENT ON TABLE former_articles IS
    'Articles whose number the site has given to another article, as they were stored last. Their texts are in'
    ' article_revisions as well, as those that were fetched before replaced_at.';
COMMENT ON COLUMN former_articles.site IS 'Host of the site without www., with the port where there is one.';
COMMENT ON COLUMN former_articles.no IS 'Number of the article on its site; with site its identity.';
COMMENT ON COLUMN former_articles.url IS 'Canonical address, whatever form it was met under.';
COMMENT ON COLUMN former_articles.section IS 'Name of the section printed above the headline.';
COMMENT ON COLUMN former_articles.headline IS 'Headline.';
COMMENT ON COLUMN former_articles.subheadline IS 'Sub-headline; several printed lines stay several lines.';
COMMENT ON COLUMN former_articles.reporter IS 'Person of the info line, else of the byline in the body, without the title 기자; never a desk.';
COMMENT ON COLUMN former_articles.reporter_email IS 'E-mail address printed for the reporter or the desk.';
COMMENT ON COLUMN former_articles.published_at IS 'Printed time of 등록, else of the list page, else of the page''s metadata.';
COMMENT ON COLUMN former_articles.modified_at IS 'Printed time of 수정.';
COMMENT ON COLUMN former_articles.body IS 'Paragraphs as printed, joined by a blank line; NULL for a photo or video alone.';
COMMENT ON COLUMN former_articles.language IS 'Language the page declares, such as ko.';
COMMENT ON COLUMN former_articles.content_hash IS 'SHA-256 of headline, sub-headline and body with white space folded.';
COMMENT ON COLUMN former_articles.revision IS '1, 2, …: goes up when the content hash changes.';
COMMENT ON COLUMN former_articles.first_seen_at IS 'When the article was fetched first.';
COMMENT ON COLUMN former_articles.fetched_at IS 'When the article was fetched last.';
COMMENT ON COLUMN former_articles.gone_at IS 'When the site was found to have removed the article; its text stays.';
COMMENT ON COLUMN former_articles.archive_file IS 'WARC file below the data folder that holds the page; NULL where it was not archived.';
COMMENT ON COLUMN former_articles.archive_offset IS 'Byte of that file at which the record of the page begins.';
COMMENT ON COLUMN former_articles.archive_length IS 'Bytes of that record, compressed.';
COMMENT ON COLUMN former_articles.payload_digest IS 'Digest of the page as received: sha1: and Base32, as in WARC-Payload-Digest.';
COMMENT ON COLUMN former_articles.replaced_at IS 'When the other article was fetched first.';

ALTER TABLE article_checks ADD COLUMN listed_as text CHECK (listed_as <> '');
COMMENT ON COLUMN article_checks.listed_as IS
    'What a list said, as 16 hexadecimal digits, where that was not what is stored and the article was fetched for it;'
    ' while the list says the same, it is not fetched again. NULL where the two agree.';
