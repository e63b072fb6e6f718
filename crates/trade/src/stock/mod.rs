//! Stock (库存): movements only; what is available, reserved, sold and held back follows from them.
