-- After-sale tickets (售后工单). The body holds the ticket; the columns mirror it for lists and figures. No name, number or
-- address is here.
CREATE TABLE tickets (
    id TEXT PRIMARY KEY,
    number BIGINT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    source TEXT NOT NULL,
    -- 0 before 1 before 2.
    priority BIGINT NOT NULL,
    state TEXT NOT NULL,
    -- Whether something is still to be done.
    running BOOLEAN NOT NULL,
    -- Whose turn it is, and who has it.
    post TEXT NOT NULL,
    owner_id TEXT,
    show_id TEXT,
    product_id TEXT,
    order_id TEXT,
    customer_id TEXT,
    viewer TEXT,
    -- What it is known by, so that the same comment, or the same press of a button, makes one ticket.
    once_key TEXT UNIQUE,
    cause TEXT,
    opened_at BIGINT NOT NULL,
    first_due BIGINT NOT NULL,
    first_at BIGINT,
    due BIGINT NOT NULL,
    -- The clock that runs now.
    next_due BIGINT NOT NULL,
    -- After this moment it is late and somebody has to be told; absent once they were.
    late_after BIGINT,
    resolved_at BIGINT,
    asked_at BIGINT,
    score BIGINT CHECK (score BETWEEN 1 AND 5),
    synthetic BOOLEAN NOT NULL,
    words TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX tickets_queue ON tickets (running, priority, next_due, number);
CREATE INDEX tickets_late ON tickets (late_after);
CREATE INDEX tickets_opened ON tickets (opened_at);
CREATE INDEX tickets_by_order ON tickets (order_id);
CREATE INDEX tickets_by_show ON tickets (show_id, number);
-- What happened to a ticket (处理记录), only ever added to.
CREATE TABLE ticket_entries (
    ticket_id TEXT NOT NULL REFERENCES tickets (id),
    place BIGINT NOT NULL,
    at BIGINT NOT NULL,
    person_id TEXT,
    person_name TEXT NOT NULL,
    what TEXT NOT NULL,
    words TEXT NOT NULL,
    detail TEXT NOT NULL,
    -- The comment or the answer of a show's log that it stands for, so that it stands there once.
    event TEXT,
    PRIMARY KEY (ticket_id, place)
);
CREATE UNIQUE INDEX ticket_entries_of_events ON ticket_entries (event, ticket_id);
-- What a customer got, or is to get (补偿). Whoever asked agrees to nothing but as a lead; nobody agrees twice.
CREATE TABLE ticket_compensations (
    id TEXT PRIMARY KEY,
    ticket_id TEXT NOT NULL REFERENCES tickets (id),
    fen BIGINT NOT NULL CHECK (fen > 0),
    reason TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('asked', 'granted', 'refused')),
    needs TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    asked_name TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    lead_by TEXT,
    lead_name TEXT,
    lead_at BIGINT,
    finance_by TEXT,
    finance_name TEXT,
    finance_at BIGINT,
    refused_by TEXT,
    refused_name TEXT,
    refused_at BIGINT,
    refusal TEXT NOT NULL,
    CHECK (finance_by IS NULL OR (finance_by <> asked_by AND (lead_by IS NULL OR finance_by <> lead_by))),
    CHECK (status <> 'granted' OR needs = '' OR lead_by IS NOT NULL),
    CHECK (status <> 'granted' OR needs <> 'lead,finance' OR finance_by IS NOT NULL)
);
CREATE INDEX ticket_compensations_by_ticket ON ticket_compensations (ticket_id);
CREATE INDEX ticket_compensations_waiting ON ticket_compensations (status, asked_at);
-- How far the log of a show was read for tickets.
CREATE TABLE ticket_shows (
    show_id TEXT PRIMARY KEY,
    sequence BIGINT NOT NULL,
    hash BYTEA NOT NULL
);
-- Parcels that are not to leave, or to come back, and labels that are to be changed (拦截发货, 改单). One runs for an order.
CREATE TABLE intercepts (
    id TEXT PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES orders (id),
    ticket_id TEXT REFERENCES tickets (id),
    aim TEXT NOT NULL,
    state TEXT NOT NULL,
    running BOOLEAN NOT NULL,
    -- Whether the warehouse has something to do.
    with_warehouse BOOLEAN NOT NULL,
    requested_at BIGINT NOT NULL,
    due BIGINT NOT NULL,
    confirmed_at BIGINT,
    -- Whom it is to go to instead, sealed with the customer's key.
    customer_id TEXT,
    recipient BYTEA,
    body TEXT NOT NULL
);
CREATE UNIQUE INDEX intercepts_running ON intercepts (order_id) WHERE running;
CREATE INDEX intercepts_requested ON intercepts (requested_at, id);
CREATE INDEX intercepts_warehouse ON intercepts (with_warehouse, due);
CREATE INDEX intercepts_by_ticket ON intercepts (ticket_id);
-- A viewer's orders are found by the platform's id of the buyer.
CREATE INDEX orders_by_buyer ON orders (buyer);
