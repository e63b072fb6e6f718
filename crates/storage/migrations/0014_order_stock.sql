-- How often an order changed since the stock was told of it; raised by the transaction that changes the order.
ALTER TABLE orders ADD COLUMN stock_due BIGINT NOT NULL DEFAULT 0 CHECK (stock_due >= 0);
CREATE INDEX orders_stock_due ON orders (changed_at, id) WHERE stock_due > 0;
