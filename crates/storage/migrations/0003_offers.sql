-- A promotion is only ever added to: whatever changes, its status too, is a new version.
CREATE TABLE promotions (
    id TEXT NOT NULL,
    version BIGINT NOT NULL CHECK (version >= 1),
    status TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    begins_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    body TEXT NOT NULL,
    person_id TEXT NOT NULL,
    person_name TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (id, version)
);
CREATE INDEX promotions_published ON promotions (status, ends_at);
