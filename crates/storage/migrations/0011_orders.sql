-- Orders (订单). The body holds what all notices of an order say together; the columns mirror it for lists. No name, number
-- or address is here: whom an order goes to is sealed in deliveries, under the same id.
CREATE TABLE orders (
    id TEXT PRIMARY KEY,
    platform TEXT NOT NULL,
    number TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('created', 'paid', 'shipped', 'completed', 'closed', 'refunded')),
    state_at BIGINT NOT NULL,
    bought_at BIGINT NOT NULL,
    paid_at BIGINT,
    closed_at BIGINT,
    refunded_at BIGINT,
    paid_fen BIGINT,
    refunded_fen BIGINT NOT NULL,
    buyer TEXT,
    customer_id TEXT REFERENCES customers (id),
    show_id TEXT,
    -- Whether somebody has to look at it.
    attention BOOLEAN NOT NULL,
    synthetic BOOLEAN NOT NULL,
    promise TEXT,
    body TEXT NOT NULL,
    taken_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    UNIQUE (platform, number)
);
CREATE INDEX orders_bought ON orders (bought_at, id);
CREATE INDEX orders_by_customer ON orders (customer_id);
CREATE TABLE order_lines (
    order_id TEXT NOT NULL REFERENCES orders (id),
    line_id TEXT NOT NULL,
    sku_id TEXT NOT NULL,
    quantity BIGINT NOT NULL CHECK (quantity >= 1),
    paid_fen BIGINT,
    PRIMARY KEY (order_id, line_id)
);
CREATE INDEX order_lines_by_sku ON order_lines (sku_id);
-- What was delivered, so that it is taken once and answered the same again. The digest is keyed: it tells nobody what was
-- in the notice.
CREATE TABLE order_notices (
    source TEXT NOT NULL,
    id TEXT NOT NULL,
    order_id TEXT NOT NULL REFERENCES orders (id),
    digest BYTEA NOT NULL,
    took TEXT NOT NULL,
    state TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    PRIMARY KEY (source, id)
);
CREATE INDEX order_notices_by_order ON order_notices (order_id, received_at);
