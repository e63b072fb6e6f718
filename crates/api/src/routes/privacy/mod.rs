//! 个人信息: customers, masked and in clear; whom deliveries go to; what is on record about all of it. A body that may hold
//! personal data is read by [`crate::body::PrivateJson`], whose errors quote nothing, and no number ever stands in a URL.

pub mod customers;
pub mod deliveries;
pub mod records;
