-- The price ledger: rows are only ever added, each chained to the one before.
CREATE TABLE price_ledger (
    sequence BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    product_id TEXT NOT NULL,
    sku_id TEXT NOT NULL,
    venue TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('asked', 'paid', 'refunded')),
    fen BIGINT NOT NULL CHECK (fen >= 0),
    until_at BIGINT,
    quantity BIGINT,
    order_id TEXT,
    source TEXT NOT NULL,
    source_id TEXT NOT NULL,
    evidence TEXT,
    person_id TEXT,
    person_name TEXT NOT NULL,
    previous BYTEA NOT NULL,
    hash BYTEA NOT NULL
);
CREATE UNIQUE INDEX price_ledger_source ON price_ledger (source, source_id);
CREATE INDEX price_ledger_product ON price_ledger (product_id, at);
CREATE INDEX price_ledger_sku ON price_ledger (sku_id, at);
-- How far each show's log was read for orders.
CREATE TABLE ledger_shows (
    show_id TEXT PRIMARY KEY,
    sequence BIGINT NOT NULL,
    hash BYTEA NOT NULL
);
-- What may be said, with the verdict of the moment; a new version each time it is judged anew.
CREATE TABLE claims (
    id TEXT NOT NULL,
    version BIGINT NOT NULL,
    product_id TEXT NOT NULL,
    sku_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    claim TEXT NOT NULL,
    quotes TEXT NOT NULL,
    verdict TEXT NOT NULL,
    reason TEXT NOT NULL,
    pack TEXT NOT NULL,
    pack_hash BYTEA NOT NULL,
    person_id TEXT NOT NULL,
    person_name TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (id, version)
);
CREATE INDEX claims_product ON claims (product_id, at);
