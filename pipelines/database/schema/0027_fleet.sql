-- Many papers on several machines: which sites there are, who works on them, and where their archive lies.

CREATE TABLE sites (
    site              text         PRIMARY KEY CHECK (site <> ''),
    base              text         NOT NULL CHECK (base <> ''),
    schedule          text         CHECK (schedule <> ''),
    time_zone         text         NOT NULL DEFAULT 'Asia/Seoul' CHECK (time_zone <> ''),
    next_at           timestamptz,
    priority          integer      NOT NULL DEFAULT 0,
    politeness_group  text         CHECK (politeness_group <> ''),
    settings          jsonb        NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(settings) = 'object'),
    arguments         jsonb        NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(arguments) = 'object'),
    machine           text         CHECK (machine <> ''),
    begun_at          timestamptz,
    attempts          integer      NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    failed_at         timestamptz,
    status            integer,
    paused_at         timestamptz,
    retired_at        timestamptz,
    added_at          timestamptz  NOT NULL DEFAULT now(),
    note              text         CHECK (note <> '')
);
CREATE INDEX sites_due ON sites (next_at) WHERE paused_at IS NULL AND retired_at IS NULL;
COMMENT ON TABLE sites IS 'Sites that were added by asiatongsin sites, with when and how each is crawled.';
COMMENT ON COLUMN sites.site IS 'Host of the site.';
COMMENT ON COLUMN sites.base IS 'Address of the site: scheme, host and port.';
COMMENT ON COLUMN sites.schedule IS 'When it is crawled: every 30m, or a cron expression. NULL: only by hand.';
COMMENT ON COLUMN sites.time_zone IS 'Time zone in which a cron expression is meant.';
COMMENT ON COLUMN sites.next_at IS 'When it is due; moved on to the next time as a crawl begins. NULL: it has no schedule.';
COMMENT ON COLUMN sites.priority IS 'Of sites that are due at once, those with a higher one begin first.';
COMMENT ON COLUMN sites.politeness_group IS 'Sites of one group share a server: never are two of them crawled at once. NULL: the site is alone on its server.';
COMMENT ON COLUMN sites.settings IS 'Settings that hold for this site alone, also where it is crawled by hand.';
COMMENT ON COLUMN sites.arguments IS 'Arguments of each of its crawls, for example sections; those that a crawl is given go before.';
COMMENT ON COLUMN sites.machine IS 'Machine that crawls it now for the schedule; NULL where none does.';
COMMENT ON COLUMN sites.begun_at IS 'When that crawl began.';
COMMENT ON COLUMN sites.attempts IS 'How many crawls of the schedule were killed since one ended by itself.';
COMMENT ON COLUMN sites.failed_at IS 'When so many were killed that the schedule gave up until the next time. NULL: one ended by itself since.';
COMMENT ON COLUMN sites.status IS 'Exit status of the last crawl of the schedule that ended by itself; NULL: none did.';
COMMENT ON COLUMN sites.paused_at IS 'Since when the schedule passes it over; NULL where it does not.';
COMMENT ON COLUMN sites.retired_at IS 'Since when it is crawled no more and needs no person; NULL where it is crawled.';
COMMENT ON COLUMN sites.added_at IS 'When it was added.';
COMMENT ON COLUMN sites.note IS 'What the operator notes about it.';

CREATE TABLE site_troubles (
    site        text         PRIMARY KEY CHECK (site <> ''),
    troubles    jsonb        NOT NULL CHECK (jsonb_typeof(troubles) = 'object'),
    changed_at  timestamptz  NOT NULL DEFAULT now()
);
COMMENT ON TABLE site_troubles IS 'What is wrong with the crawls of a site, and who was told: several machines tell it once.';
COMMENT ON COLUMN site_troubles.site IS 'Host of the site.';
COMMENT ON COLUMN site_troubles.troubles IS 'The troubles, as the file in the data folder holds them.';
COMMENT ON COLUMN site_troubles.changed_at IS 'When a crawl changed them last.';

CREATE TABLE machines (
    machine         text         PRIMARY KEY CHECK (machine <> ''),
    version         text         NOT NULL CHECK (version <> ''),
    slots           integer      NOT NULL CHECK (slots > 0),
    started_at      timestamptz  NOT NULL,
    seen_at         timestamptz  NOT NULL,
    stop_asked_at   timestamptz,
    stopped_at      timestamptz,
    spool_pages     integer      NOT NULL DEFAULT 0 CHECK (spool_pages >= 0),
    refused         integer      NOT NULL DEFAULT 0 CHECK (refused >= 0)
);
COMMENT ON TABLE machines IS 'Machines on which asiatongsin fleet worker runs, or ran.';
COMMENT ON COLUMN machines.machine IS 'Name of the machine: the setting FLEET_MACHINE, else its host name.';
COMMENT ON COLUMN machines.version IS 'Version of the program there.';
COMMENT ON COLUMN machines.slots IS 'How many crawls it runs at once.';
COMMENT ON COLUMN machines.started_at IS 'When its worker started.';
COMMENT ON COLUMN machines.seen_at IS 'When it was heard of last.';
COMMENT ON COLUMN machines.stop_asked_at IS 'When somebody asked it to end; NULL where nobody did.';
COMMENT ON COLUMN machines.stopped_at IS 'When its worker ended in good order; NULL while it runs, or where it was killed.';
COMMENT ON COLUMN machines.spool_pages IS 'Pages that wait in its spool, of crawls that have ended.';
COMMENT ON COLUMN machines.refused IS 'Files in its data folder with pages that the database refused.';

CREATE TABLE archive_files (
    file           text         PRIMARY KEY CHECK (file <> ''),
    site           text         NOT NULL CHECK (site <> ''),
    crawl          text         NOT NULL CHECK (crawl <> ''),
    machine        text         NOT NULL CHECK (machine <> ''),
    bytes          bigint       NOT NULL CHECK (bytes >= 0),
    sha256         text         CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    state          text         NOT NULL CHECK (state IN ('waiting', 'stored')),
    object         text         CHECK (object <> ''),
    object_offset  bigint       CHECK (object_offset >= 0),
    noted_at       timestamptz  NOT NULL DEFAULT now(),
    stored_at      timestamptz,
    CHECK ((state = 'stored') = (object IS NOT NULL AND object_offset IS NOT NULL AND sha256 IS NOT NULL AND stored_at IS NOT NULL))
);
CREATE INDEX archive_files_of_site ON archive_files (site, file);
CREATE INDEX archive_files_waiting ON archive_files (machine) WHERE state = 'waiting';
COMMENT ON TABLE archive_files IS 'WARC files that are, or are to be, in the archive store (ARCHIVE_STORE).';
COMMENT ON COLUMN archive_files.file IS 'The file as the rows of articles name it, below the data folder.';
COMMENT ON COLUMN archive_files.site IS 'Host of the site.';
COMMENT ON COLUMN archive_files.crawl IS 'Crawl that wrote it.';
COMMENT ON COLUMN archive_files.machine IS 'Machine on which it was written.';
COMMENT ON COLUMN archive_files.bytes IS 'Its size.';
COMMENT ON COLUMN archive_files.sha256 IS 'SHA-256 of the whole file; NULL until it is packed.';
COMMENT ON COLUMN archive_files.state IS 'waiting: it is on the disk of its machine alone. stored: it is in the store as well, or there alone.';
COMMENT ON COLUMN archive_files.object IS 'Object of the store that holds it, together with other files of the site.';
COMMENT ON COLUMN archive_files.object_offset IS 'Byte of the object at which the file begins.';
COMMENT ON COLUMN archive_files.noted_at IS 'When it was found on the disk of its machine.';
COMMENT ON COLUMN archive_files.stored_at IS 'When the store was seen to hold it, byte for byte.';

CREATE TABLE reparse_runs (
    run          bigint       PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    arguments    jsonb        NOT NULL CHECK (jsonb_typeof(arguments) = 'object'),
    asked_at     timestamptz  NOT NULL DEFAULT now(),
    finished_at  timestamptz
);
COMMENT ON TABLE reparse_runs IS 'Runs of asiatongsin reparse --fleet.';
COMMENT ON COLUMN reparse_runs.run IS 'Number of the run.';
COMMENT ON COLUMN reparse_runs.arguments IS 'Which pages: site, no, since, until.';
COMMENT ON COLUMN reparse_runs.asked_at IS 'When it was asked for.';
COMMENT ON COLUMN reparse_runs.finished_at IS 'When its last shard ended; NULL while one is left.';

CREATE TABLE reparse_shards (
    run          bigint       NOT NULL REFERENCES reparse_runs ON DELETE CASCADE,
    site         text         NOT NULL CHECK (site <> ''),
    part         integer      NOT NULL CHECK (part > 0),
    files        integer      NOT NULL CHECK (files > 0),
    first_file   text         NOT NULL CHECK (first_file <> ''),
    last_file    text         NOT NULL CHECK (last_file <> ''),
    only_on      text         CHECK (only_on <> ''),
    next_at      timestamptz,
    machine      text         CHECK (machine <> ''),
    begun_at     timestamptz,
    attempts     integer      NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    finished_at  timestamptz,
    status       integer,
    sentence     text         CHECK (sentence <> ''),
    captures     integer      NOT NULL DEFAULT 0 CHECK (captures >= 0),
    differing    integer      NOT NULL DEFAULT 0 CHECK (differing >= 0),
    PRIMARY KEY (run, site, part)
);
CREATE INDEX reparse_shards_open ON reparse_shards (site, run, part) WHERE finished_at IS NULL;
COMMENT ON TABLE reparse_shards IS 'Parts of a run of asiatongsin reparse --fleet: the archive of a site or, where it is large, some files of it.';
COMMENT ON COLUMN reparse_shards.run IS 'The run.';
COMMENT ON COLUMN reparse_shards.site IS 'Host of the site.';
COMMENT ON COLUMN reparse_shards.part IS 'Its place among those of the site, from 1 on: they are read in order.';
COMMENT ON COLUMN reparse_shards.files IS 'How many WARC files it has.';
COMMENT ON COLUMN reparse_shards.first_file IS 'Name of the first of them.';
COMMENT ON COLUMN reparse_shards.last_file IS 'Name of the last of them.';
COMMENT ON COLUMN reparse_shards.only_on IS 'Machine on whose disk alone its files were when it was asked for; NULL: the archive store has them.';
COMMENT ON COLUMN reparse_shards.next_at IS 'When it is to begin, at the earliest; NULL: as soon as it can.';
COMMENT ON COLUMN reparse_shards.machine IS 'Machine that reads it, or has read it.';
COMMENT ON COLUMN reparse_shards.begun_at IS 'When that began.';
COMMENT ON COLUMN reparse_shards.attempts IS 'How many attempts were killed or failed.';
COMMENT ON COLUMN reparse_shards.finished_at IS 'When it ended; NULL while it is left.';
COMMENT ON COLUMN reparse_shards.status IS 'Exit status of the re-parse.';
COMMENT ON COLUMN reparse_shards.sentence IS 'What it said at its end, or why it is tried again.';
COMMENT ON COLUMN reparse_shards.captures IS 'Captures that its last attempt read again.';
COMMENT ON COLUMN reparse_shards.differing IS 'Those among them that were stored otherwise.';

-- Who may work on the tables of before may work on these.
DO $$
DECLARE given record;
BEGIN
    FOR given IN
        SELECT CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END AS role, a.privilege_type AS right
        FROM pg_class AS c CROSS JOIN aclexplode(c.relacl) AS a
        WHERE c.oid = 'crawls'::regclass AND a.grantee <> c.relowner
            AND a.privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
    LOOP
        EXECUTE format(
            'GRANT %s ON sites, site_troubles, machines, archive_files, reparse_runs, reparse_shards TO %s',
            given.right, given.role
        );
    END LOOP;
END $$;
