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

DROP TABLE weather_readings;
CREATE VIEW weather_readings AS
SELECT s.id AS snapshot_id, r.position, r.city, r.condition, r.icon, r.temperature_c, w.station_id
FROM weather_snapshots AS s JOIN weather_strips AS r USING (readings_hash)
LEFT JOIN weather_stations AS w ON w.name_ko = r.city;
COMMENT ON VIEW weather_readings IS 'The cities of a weather strip, in printed order.';
COMMENT ON COLUMN weather_readings.snapshot_id IS 'The snapshot the reading belongs to.';
COMMENT ON COLUMN weather_readings.position IS 'Place in the strip, from 1.';
COMMENT ON COLUMN weather_readings.city IS 'Name as printed.';
COMMENT ON COLUMN weather_readings.condition IS 'Sky as a word; NULL where the strip prints none or -: unknown, not clear.';
COMMENT ON COLUMN weather_readings.icon IS 'Class of the icon, such as iw04.';
COMMENT ON COLUMN weather_readings.temperature_c IS 'Air temperature in degrees Celsius.';
COMMENT ON COLUMN weather_readings.station_id IS 'Station with exactly this name, where it is known.';
CREATE INDEX weather_snapshots_by_strip ON weather_snapshots USING hash (readings_hash);
