//! Claims (宣称): what is said of prices, gifts and sales, with the evidence without which it does not render.
