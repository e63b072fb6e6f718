-- Reservations (占库): one row for each order, and what they moved. All movements of one SKU that were written together
-- are one row, numbered in the same series as the rows of stock_movements. The checks are a second wall behind
-- crates/trade.
CREATE TABLE reservations (
    order_id TEXT PRIMARY KEY,
    status TEXT NOT NULL CHECK (
        status IN ('waiting', 'open', 'held', 'paid', 'picked', 'released', 'cancelled', 'expired')
    ),
    paid BOOLEAN NOT NULL,
    lines TEXT NOT NULL,
    parts TEXT,
    taking TEXT NOT NULL,
    when_short TEXT NOT NULL,
    hold_ms BIGINT NOT NULL CHECK (hold_ms >= 1),
    place BIGINT,
    made_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    expires_at BIGINT,
    person_id TEXT,
    CHECK ((status = 'waiting') = (place IS NOT NULL)),
    CHECK ((status IN ('open', 'held')) = (expires_at IS NOT NULL)),
    CHECK (paid OR status NOT IN ('paid', 'picked'))
);
CREATE INDEX reservations_made ON reservations (made_at, order_id);
CREATE INDEX reservations_unsettled ON reservations (made_at, order_id) WHERE status IN ('waiting', 'open', 'held');
CREATE TABLE reservation_movements (
    sku_id TEXT NOT NULL,
    first BIGINT NOT NULL CHECK (first >= 1),
    last BIGINT NOT NULL CHECK (last >= first),
    at BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (sku_id, first)
);
