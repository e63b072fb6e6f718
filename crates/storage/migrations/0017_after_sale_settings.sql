-- How the shop runs its after-sale (售后设置), in versions.
CREATE TABLE after_sale_settings (
    version BIGINT PRIMARY KEY,
    body TEXT NOT NULL,
    person_id TEXT NOT NULL,
    person_name TEXT NOT NULL,
    at BIGINT NOT NULL
);
