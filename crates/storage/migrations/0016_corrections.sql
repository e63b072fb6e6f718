-- What a correction costs more or less, what was said of that, and what else it rests on than the queue: an intercept.
ALTER TABLE order_decisions ADD COLUMN difference_fen BIGINT;
ALTER TABLE order_decisions ADD COLUMN settlement TEXT CHECK (settlement IN ('refund', 'pay', 'waive'));
ALTER TABLE order_decisions ADD COLUMN intercept_id TEXT REFERENCES intercepts (id);
