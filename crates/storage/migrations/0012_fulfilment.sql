-- How far the parcel of an order has come (履约节点); an order without a row is not printed yet.
CREATE TABLE fulfilments (
    order_id TEXT PRIMARY KEY REFERENCES orders (id),
    node TEXT NOT NULL CHECK (node IN ('to_print', 'printed', 'out', 'collected', 'delivering')),
    printed_at BIGINT,
    out_at BIGINT,
    collected_at BIGINT,
    delivering_at BIGINT
);
CREATE INDEX fulfilments_by_node ON fulfilments (node);
CREATE INDEX orders_by_state ON orders (state, bought_at, id);
-- What keeps orders from going on (暂停发货). Rows are lifted, never removed; the cause is a code or an id.
CREATE TABLE holds (
    id TEXT PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES orders (id),
    kind TEXT NOT NULL CHECK (kind IN ('verification', 'second_check', 'intercept', 'stock', 'by_hand')),
    cause TEXT NOT NULL,
    placed_at BIGINT NOT NULL,
    placed_by TEXT,
    placed_name TEXT NOT NULL,
    lifted_at BIGINT,
    lifted_by TEXT,
    lifted_name TEXT
);
CREATE UNIQUE INDEX holds_standing ON holds (order_id, kind, cause) WHERE lifted_at IS NULL;
CREATE INDEX holds_by_order ON holds (order_id, placed_at);
