-- How far interrupted runs of `scrapy reparse` came: here, and not in a file, since it is true of this database alone.

CREATE TABLE reparse_bookmarks (
    key             text        PRIMARY KEY CHECK (key <> ''),
    file            text        NOT NULL CHECK (file <> ''),
    capture_offset  bigint      NOT NULL CHECK (capture_offset >= 0),
    files_before    text        NOT NULL CHECK (files_before <> ''),
    stored_at       timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE reparse_bookmarks IS 'How far interrupted runs of scrapy reparse came; a run that ends well removes its row.';
COMMENT ON COLUMN reparse_bookmarks.key IS 'SHA-256 of the arguments and of the program: changed selectors begin anew.';
COMMENT ON COLUMN reparse_bookmarks.file IS 'WARC file that was being read.';
COMMENT ON COLUMN reparse_bookmarks.capture_offset IS 'Byte in that file; all captures before it are stored.';
COMMENT ON COLUMN reparse_bookmarks.files_before IS 'SHA-256 of the names of that file and those before it: others begin anew.';
COMMENT ON COLUMN reparse_bookmarks.stored_at IS 'When it was written.';
