-- An order that nobody closed is looked at for what happened to it last.
CREATE INDEX intercepts_by_order ON intercepts (order_id);
