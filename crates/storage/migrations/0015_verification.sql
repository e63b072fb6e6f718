-- What the check of each order found (审单). An order without a row, or one that is due, is not printed. Findings hold no
-- name, number or address; print is a keyed hash by which the same recipient is known again.
CREATE TABLE order_checks (
    order_id TEXT PRIMARY KEY REFERENCES orders (id),
    state TEXT NOT NULL CHECK (state IN ('due', 'passed', 'waiting', 'asked', 'decided', 'cancelled')),
    version BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    checked_at BIGINT,
    findings TEXT NOT NULL,
    kinds TEXT NOT NULL,
    cut_off BIGINT,
    sampled BOOLEAN NOT NULL,
    recipient_print BYTEA,
    source_print BYTEA
);
CREATE INDEX order_checks_by_state ON order_checks (state, cut_off, order_id);
CREATE INDEX orders_by_platform_buyer ON orders (platform, buyer, bought_at);
INSERT INTO order_checks (order_id, state, version, due_at, findings, kinds, sampled)
    SELECT id, 'due', 1, changed_at, '[]', '', FALSE FROM orders WHERE state IN ('created', 'paid') AND NOT synthetic;
-- What was decided, by persons and by the program; previous is the recipient before, sealed as it was.
CREATE TABLE order_decisions (
    id TEXT PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES orders (id),
    decision TEXT NOT NULL
        CHECK (decision IN ('fixed', 'accept', 'keep', 'correct', 'ask', 'cancel', 'second_right', 'second_wrong')),
    findings TEXT NOT NULL,
    lines TEXT NOT NULL,
    recipient_print BYTEA,
    previous BYTEA,
    previous_version BIGINT,
    previous_customer TEXT,
    person_id TEXT,
    person_name TEXT NOT NULL,
    at BIGINT NOT NULL,
    undone_at BIGINT,
    undone_by TEXT,
    undone_name TEXT
);
CREATE INDEX order_decisions_by_order ON order_decisions (order_id, at);
CREATE INDEX order_decisions_by_time ON order_decisions (at);
-- How the shop wants its orders checked, in versions.
CREATE TABLE verification_settings (
    version BIGINT PRIMARY KEY,
    body TEXT NOT NULL,
    person_id TEXT NOT NULL,
    person_name TEXT NOT NULL,
    at BIGINT NOT NULL
);
