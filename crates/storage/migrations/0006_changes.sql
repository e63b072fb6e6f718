-- A change that needs two people. subject_id is a product, or for kind 'promotion' a promotion; sku_id is '' for none.
CREATE TABLE changes (
    id TEXT PRIMARY KEY,
    show_id TEXT REFERENCES shows (id),
    kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    sku_id TEXT NOT NULL,
    from_fen BIGINT,
    to_fen BIGINT CHECK (to_fen > 0),
    detail TEXT NOT NULL,
    live_only BOOLEAN NOT NULL,
    ends_at BIGINT,
    reason TEXT NOT NULL,
    status TEXT NOT NULL,
    care TEXT NOT NULL,
    maker_id TEXT NOT NULL REFERENCES people (id),
    maker_name TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    due_at BIGINT,
    checker_id TEXT REFERENCES people (id),
    checker_name TEXT,
    decided_at BIGINT,
    decision TEXT NOT NULL,
    applied_at BIGINT,
    restored_at BIGINT,
    -- The second wall: whatever the program does, maker and checker are two.
    CHECK (checker_id IS NULL OR checker_id <> maker_id),
    -- In force either because a second person said so, or after the delay of somebody who was alone.
    CHECK (applied_at IS NULL OR checker_id IS NOT NULL OR due_at IS NOT NULL)
);
-- Two proposals for one thing at once would overwrite each other.
CREATE UNIQUE INDEX changes_waiting ON changes (kind, subject_id, sku_id) WHERE status IN ('proposed', 'delayed');
CREATE INDEX changes_by_time ON changes (made_at, id);
CREATE INDEX changes_by_show ON changes (show_id, status);
-- Prices that somebody or something saw: what the script says, what was spoken, shown, payable and paid.
CREATE TABLE price_sightings (
    id TEXT PRIMARY KEY,
    show_id TEXT REFERENCES shows (id),
    product_id TEXT NOT NULL,
    sku_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    price_fen BIGINT NOT NULL CHECK (price_fen >= 0),
    at BIGINT NOT NULL,
    source TEXT NOT NULL,
    person_name TEXT NOT NULL,
    note TEXT NOT NULL
);
CREATE INDEX price_sightings_by_product ON price_sightings (product_id, at);
CREATE TABLE breakers (
    id TEXT PRIMARY KEY,
    show_id TEXT REFERENCES shows (id),
    product_id TEXT NOT NULL,
    sku_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    seen_fen BIGINT NOT NULL,
    expected_fen BIGINT NOT NULL,
    tripped_at BIGINT NOT NULL,
    first_id TEXT REFERENCES people (id),
    first_name TEXT,
    first_hats TEXT,
    first_at BIGINT,
    first_reason TEXT,
    second_id TEXT REFERENCES people (id),
    second_name TEXT,
    second_reason TEXT,
    lifted_at BIGINT,
    CHECK (second_id IS NULL OR (first_id IS NOT NULL AND second_id <> first_id)),
    CHECK (lifted_at IS NULL OR second_id IS NOT NULL)
);
CREATE UNIQUE INDEX breakers_tripped ON breakers (product_id) WHERE lifted_at IS NULL;
