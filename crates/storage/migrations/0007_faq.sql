-- The FAQ library: each entry as it stands, with what lists are filtered by; body is all of it as JSON. scope_ids and concepts
-- are JSON lists of texts.
CREATE TABLE faq_entries (
    id TEXT PRIMARY KEY,
    version BIGINT NOT NULL CHECK (version >= 1),
    state TEXT NOT NULL,
    level TEXT NOT NULL,
    scope_of TEXT NOT NULL,
    scope_ids TEXT NOT NULL,
    concepts TEXT NOT NULL,
    search TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    owner_name TEXT NOT NULL,
    body TEXT NOT NULL,
    person_id TEXT NOT NULL,
    person_name TEXT NOT NULL,
    at BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX faq_entries_by_state ON faq_entries (state, id);
-- Whatever an entry ever was. Only added to: rolling back writes a new version. origin says what made it: written, pasted,
-- imported, learned, or rolled_back with the version that it was rolled back to.
CREATE TABLE faq_versions (
    entry_id TEXT NOT NULL REFERENCES faq_entries (id),
    version BIGINT NOT NULL CHECK (version >= 1),
    origin TEXT NOT NULL,
    owner_name TEXT NOT NULL,
    body TEXT NOT NULL,
    person_id TEXT NOT NULL,
    person_name TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (entry_id, version)
);
CREATE TABLE faq_statistics (
    entry_id TEXT PRIMARY KEY REFERENCES faq_entries (id),
    hit BIGINT NOT NULL,
    sent BIGINT NOT NULL,
    edited BIGINT NOT NULL,
    solved BIGINT NOT NULL,
    last_hit_at BIGINT
);
-- Words of viewers that may become variants, once somebody has looked at them. text has passed the mask of private data.
CREATE TABLE faq_learned (
    id TEXT PRIMARY KEY,
    entry_id TEXT NOT NULL REFERENCES faq_entries (id),
    show_id TEXT REFERENCES shows (id),
    text TEXT NOT NULL,
    at BIGINT NOT NULL,
    person_id TEXT NOT NULL,
    person_name TEXT NOT NULL,
    state TEXT NOT NULL,
    decided_at BIGINT,
    decided_by TEXT NOT NULL
);
-- The same words are looked at once for each entry.
CREATE UNIQUE INDEX faq_learned_once ON faq_learned (entry_id, text);
CREATE INDEX faq_learned_by_state ON faq_learned (state, id);
