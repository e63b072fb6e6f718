//! The price ledger (价格账本): every price asked and every price paid, append-only, and what follows from them.
