//! A value in clear.

use zeroize::{Zeroize, ZeroizeOnDrop};

/// A value in clear. It cannot be printed, compared or written out; whoever needs it says so by [`Clear::reveal`].
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct Clear<T: Zeroize>(T);

impl<T: Zeroize> Clear<T> {
    /// Takes a value in.
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// The value.
    pub fn reveal(&self) -> &T {
        &self.0
    }
}

impl<T: Zeroize> std::fmt::Debug for Clear<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Clear(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::Clear;

    #[test]
    fn what_is_clear_is_not_printed() {
        let clear = Clear::new("13800138000".to_owned());
        assert_eq!(format!("{clear:?} {:#?}", Some(&clear)), "Clear(…) Some(\n    Clear(…),\n)");
        assert_eq!(clear.reveal(), "13800138000");
    }
}
