-- What came of the answers of an FAQ entry in a show that is over, once for each show.
CREATE TABLE faq_outcomes (
    show_id TEXT NOT NULL REFERENCES shows (id),
    entry_id TEXT NOT NULL REFERENCES faq_entries (id),
    answered BIGINT NOT NULL,
    solved BIGINT NOT NULL,
    PRIMARY KEY (show_id, entry_id)
);
