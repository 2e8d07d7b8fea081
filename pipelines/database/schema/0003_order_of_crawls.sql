-- The order in which crawls began, which no clock that is set back can turn round.

ALTER TABLE crawls ADD COLUMN number bigint;
UPDATE crawls AS c SET number = o.number
FROM (SELECT id, row_number() OVER (ORDER BY started_at, id) AS number FROM crawls) AS o WHERE c.id = o.id;
ALTER TABLE crawls ALTER COLUMN number SET NOT NULL, ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY;
SELECT setval(pg_get_serial_sequence('crawls', 'number'), coalesce(max(number), 0) + 1, false) FROM crawls;
COMMENT ON COLUMN crawls.number IS 'Goes up with every crawl, whatever the clocks say; numbers may be missing.';
