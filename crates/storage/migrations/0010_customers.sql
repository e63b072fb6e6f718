-- Whoever orders and prizes are sent to. What is known of them is sealed with two keys of their own, which are wrapped by
-- the key named in key_id: clear_key for name, number and address, masked_key for what stays as evidence when those are
-- gone. A key that is destroyed makes what it sealed unreadable wherever a copy of that may be.
CREATE TABLE customers (
    id TEXT PRIMARY KEY,
    key_id TEXT NOT NULL,
    clear_key BYTEA,
    clear BYTEA,
    masked_key BYTEA,
    masked BYTEA,
    -- A keyed hash of the telephone number; empty for none.
    phone_index BYTEA NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    last_order_at BIGINT NOT NULL,
    expired_at BIGINT,
    erased_at BIGINT,
    CHECK ((clear_key IS NULL) = (clear IS NULL)),
    CHECK ((masked_key IS NULL) = (masked IS NULL)),
    CHECK (erased_at IS NULL OR (clear IS NULL AND masked IS NULL))
);
CREATE INDEX customers_by_phone ON customers (phone_index);
CREATE INDEX customers_by_key ON customers (key_id);
-- What is sent to them: an order, or a prize. Its recipient, as it was given for this one, is sealed with the customer's
-- clear_key.
CREATE TABLE deliveries (
    id TEXT PRIMARY KEY,
    customer_id TEXT NOT NULL REFERENCES customers (id),
    class TEXT NOT NULL CHECK (class IN ('order', 'prize')),
    recipient BYTEA,
    version BIGINT NOT NULL,
    opened_at BIGINT NOT NULL,
    shipped_at BIGINT,
    received_at BIGINT,
    closed_at BIGINT,
    expired_at BIGINT
);
CREATE INDEX deliveries_by_customer ON deliveries (customer_id);
-- Who looked at what in clear, and why.
CREATE TABLE customer_looks (
    id TEXT PRIMARY KEY,
    customer_id TEXT NOT NULL REFERENCES customers (id),
    delivery_id TEXT,
    person_id TEXT NOT NULL REFERENCES people (id),
    person_name TEXT NOT NULL,
    purpose TEXT NOT NULL,
    reason TEXT NOT NULL,
    note TEXT NOT NULL,
    fields TEXT NOT NULL,
    at BIGINT NOT NULL,
    until BIGINT NOT NULL,
    seen BIGINT NOT NULL
);
CREATE INDEX customer_looks_by_customer ON customer_looks (customer_id, at);
-- Customers who are to be forgotten (删除请求): one person asks, another does it.
CREATE TABLE erasures (
    id TEXT PRIMARY KEY,
    customer_id TEXT NOT NULL REFERENCES customers (id),
    status TEXT NOT NULL,
    reason TEXT NOT NULL,
    asked_by TEXT NOT NULL REFERENCES people (id),
    asked_name TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    decided_by TEXT REFERENCES people (id),
    decided_name TEXT,
    decided_at BIGINT,
    decision TEXT NOT NULL,
    alone BOOLEAN NOT NULL,
    CHECK (status <> 'done' OR alone OR decided_by <> asked_by)
);
CREATE UNIQUE INDEX erasures_waiting ON erasures (customer_id) WHERE status = 'asked';
-- What the retention job took away, with the ids: the proof of it (清理凭证).
CREATE TABLE retention_runs (
    id TEXT PRIMARY KEY,
    at BIGINT NOT NULL,
    person_name TEXT NOT NULL,
    matrix TEXT NOT NULL,
    deliveries BIGINT NOT NULL,
    customers BIGINT NOT NULL,
    evidence BIGINT NOT NULL,
    detail TEXT NOT NULL,
    digest TEXT NOT NULL
);
