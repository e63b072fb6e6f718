-- When the buyer said something after they were asked.
ALTER TABLE order_decisions ADD COLUMN answered_at BIGINT;
