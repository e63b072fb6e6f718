-- Stock (库存): movements are only ever added; the sums beside them are what the movements give, and the checks are a
-- second wall behind the rules of crates/trade.
CREATE TABLE stock (
    sku_id TEXT PRIMARY KEY,
    stocked BIGINT NOT NULL,
    available BIGINT NOT NULL CHECK (available >= 0),
    reserved BIGINT NOT NULL CHECK (reserved >= 0),
    sold BIGINT NOT NULL CHECK (sold >= 0),
    buffer BIGINT NOT NULL CHECK (buffer >= 0),
    locked BIGINT NOT NULL CHECK (locked >= 0),
    buffer_percent BIGINT NOT NULL CHECK (buffer_percent BETWEEN 0 AND 100),
    version BIGINT NOT NULL,
    at BIGINT NOT NULL,
    CHECK (stocked = available + reserved + sold + buffer),
    CHECK (locked <= available)
);
CREATE TABLE stock_movements (
    sku_id TEXT NOT NULL,
    number BIGINT NOT NULL CHECK (number >= 1),
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    quantity BIGINT NOT NULL,
    locked BOOLEAN NOT NULL,
    at BIGINT NOT NULL,
    reason TEXT NOT NULL,
    note TEXT NOT NULL,
    person_id TEXT NOT NULL,
    person_name TEXT NOT NULL,
    source TEXT NOT NULL,
    order_id TEXT,
    asked_sku TEXT NOT NULL,
    asked_quantity BIGINT NOT NULL,
    PRIMARY KEY (sku_id, number),
    UNIQUE (id, sku_id)
);
CREATE TABLE stock_recipes (
    sku_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    part_id TEXT NOT NULL,
    quantity BIGINT NOT NULL CHECK (quantity >= 1),
    position BIGINT NOT NULL,
    PRIMARY KEY (sku_id, part_id)
);
CREATE TABLE stock_reports (
    id TEXT PRIMARY KEY,
    source TEXT NOT NULL,
    reporter TEXT NOT NULL,
    as_of BIGINT NOT NULL,
    age_limit_ms BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    person_id TEXT NOT NULL,
    person_name TEXT NOT NULL
);
CREATE INDEX stock_reports_latest ON stock_reports (source, as_of, id);
CREATE TABLE stock_report_rows (
    report_id TEXT NOT NULL REFERENCES stock_reports (id),
    sku_id TEXT NOT NULL,
    quantity BIGINT NOT NULL,
    PRIMARY KEY (report_id, sku_id)
);
