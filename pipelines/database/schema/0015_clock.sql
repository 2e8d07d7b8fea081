-- A clock that was ahead stored times that had not come. They are set back, and this column says by how much.

ALTER TABLE crawls ADD COLUMN clock_ahead interval CHECK (clock_ahead > '0'::interval);
COMMENT ON COLUMN crawls.clock_ahead IS 'How far the clock was ahead. All times in the tables are set back by it; the id and the dates in the archive are not.';

COMMENT ON COLUMN articles.published_at IS 'Printed time of 등록, else of the list page, else of the page''s metadata.';
