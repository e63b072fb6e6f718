//! Offers (机制): what a buyer can combine, and the lowest price that can be paid.
