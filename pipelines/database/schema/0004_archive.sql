-- Where the raw page of a row is: a record in a WARC file below the data folder.

ALTER TABLE articles
    ADD COLUMN archive_file text CHECK (archive_file <> ''),
    ADD COLUMN archive_offset bigint CHECK (archive_offset >= 0),
    ADD COLUMN archive_length bigint CHECK (archive_length > 0),
    ADD COLUMN payload_digest text CHECK (payload_digest <> '');
COMMENT ON COLUMN articles.archive_file IS 'WARC file below the data folder that holds the page; NULL where it was not archived.';
COMMENT ON COLUMN articles.archive_offset IS 'Byte of that file at which the record of the page begins.';
COMMENT ON COLUMN articles.archive_length IS 'Bytes of that record, compressed.';
COMMENT ON COLUMN articles.payload_digest IS 'Digest of the page as received: sha1: and Base32, as in WARC-Payload-Digest.';

ALTER TABLE article_revisions
    ADD COLUMN archive_file text CHECK (archive_file <> ''),
    ADD COLUMN archive_offset bigint CHECK (archive_offset >= 0),
    ADD COLUMN archive_length bigint CHECK (archive_length > 0);
COMMENT ON COLUMN article_revisions.archive_file IS 'WARC file below the data folder that holds the page with this text; NULL where it was not archived.';
COMMENT ON COLUMN article_revisions.archive_offset IS 'Byte of that file at which the record of the page begins.';
COMMENT ON COLUMN article_revisions.archive_length IS 'Bytes of that record, compressed.';

ALTER TABLE rejected_pages
    ADD COLUMN archive_file text CHECK (archive_file <> ''),
    ADD COLUMN archive_offset bigint CHECK (archive_offset >= 0),
    ADD COLUMN archive_length bigint CHECK (archive_length > 0);
COMMENT ON COLUMN rejected_pages.archive_file IS 'WARC file below the data folder that holds the page; NULL where it was not archived.';
COMMENT ON COLUMN rejected_pages.archive_offset IS 'Byte of that file at which the record of the page begins.';
COMMENT ON COLUMN rejected_pages.archive_length IS 'Bytes of that record, compressed.';
