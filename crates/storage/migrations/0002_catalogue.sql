-- Facts (事实) are only ever added to: no statement of this program changes or deletes a row of `facts`.
CREATE TABLE fact_edits (
    id TEXT PRIMARY KEY,
    at BIGINT NOT NULL,
    person_id TEXT NOT NULL,
    person_name TEXT NOT NULL,
    what TEXT NOT NULL,
    facts BIGINT NOT NULL,
    undone_by TEXT REFERENCES fact_edits (id)
);
CREATE TABLE skus (
    id TEXT PRIMARY KEY,
    product_id TEXT NOT NULL REFERENCES products (id),
    position BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    disabled_at BIGINT,
    edit_id TEXT REFERENCES fact_edits (id)
);
CREATE INDEX skus_of_product ON skus (product_id, position, id);
CREATE TABLE facts (
    product_id TEXT NOT NULL REFERENCES products (id),
    sku_id TEXT NOT NULL,
    field TEXT NOT NULL,
    version BIGINT NOT NULL CHECK (version >= 1),
    value TEXT NOT NULL,
    valid_from BIGINT,
    valid_to BIGINT,
    source TEXT NOT NULL,
    person_id TEXT NOT NULL,
    person_name TEXT NOT NULL,
    at BIGINT NOT NULL,
    evidence TEXT,
    edit_id TEXT REFERENCES fact_edits (id),
    PRIMARY KEY (product_id, sku_id, field, version)
);
CREATE INDEX facts_of_edit ON facts (edit_id) WHERE edit_id IS NOT NULL;
-- What a list is searched and filtered by: a mirror of the current facts, written in the same transaction.
ALTER TABLE products ADD COLUMN category TEXT NOT NULL DEFAULT '';
ALTER TABLE products ADD COLUMN brand TEXT NOT NULL DEFAULT '';
ALTER TABLE products ADD COLUMN status TEXT NOT NULL DEFAULT 'draft';
ALTER TABLE products ADD COLUMN search TEXT NOT NULL DEFAULT '';
ALTER TABLE products ADD COLUMN missing TEXT NOT NULL DEFAULT '';
ALTER TABLE products ADD COLUMN required BIGINT NOT NULL DEFAULT 0;
ALTER TABLE products ADD COLUMN expires_at BIGINT;
CREATE INDEX products_by_link_number ON products (link_number, id);
CREATE TABLE imports (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    status TEXT NOT NULL,
    at BIGINT NOT NULL,
    person_id TEXT NOT NULL,
    person_name TEXT NOT NULL,
    sheet TEXT NOT NULL,
    mapping TEXT NOT NULL,
    edit_id TEXT REFERENCES fact_edits (id)
);
-- Products of before have the three facts that their row holds. Names are free of control characters, so that the two
-- characters which JSON escapes are all there is to escape.
UPDATE products SET search = LOWER(name);
INSERT INTO facts (product_id, sku_id, field, version, value, source, person_id, person_name, at)
SELECT id, '', 'name', 1, '"' || REPLACE(REPLACE(name, '\', '\\'), '"', '\"') || '"', 'manual', '', '', created_at FROM products;
INSERT INTO facts (product_id, sku_id, field, version, value, source, person_id, person_name, at)
SELECT id, '', 'live_price', 1, CAST(price_fen AS TEXT), 'manual', '', '', created_at FROM products;
INSERT INTO facts (product_id, sku_id, field, version, value, source, person_id, person_name, at)
SELECT id, '', 'link_number', 1, CAST(link_number AS TEXT), 'manual', '', '', created_at FROM products;
