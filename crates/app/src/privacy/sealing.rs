//! Sealing: AES-256-GCM with a key for each customer, which the active key of the ring wraps. A sealed value is bound to the
//! place where it stands (table, column, row, version), so that it opens nowhere else.
//!
//! The keys of the ring are never used as they are: one for wrapping and one for the hash of telephone numbers are derived
//! from each of them (HKDF-SHA-256).

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use livehand_compliance::personal::Clear;
use livehand_kernel::{CustomerId, DeliveryId, Entropy};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::keyring::{KeyState, Keyring};

/// Form of what is sealed: its first byte.
const FORMAT: u8 = 1;
/// Bytes of a nonce.
const NONCE_BYTES: usize = 12;

/// What is sealed cannot be opened: its key is not in the ring, or it was changed or moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("what is sealed cannot be opened")]
pub(crate) struct Unreadable;

/// Which of a customer's two keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// For name, number and address.
    Clear,
    /// For what stays as evidence.
    Masked,
}

impl Part {
    fn code(self) -> &'static str {
        match self {
            Part::Clear => "clear",
            Part::Masked => "masked",
        }
    }
}

/// Where something sealed stands.
pub(crate) struct Place(String);

impl Place {
    /// A part of a customer's row.
    pub fn customer(id: &CustomerId, part: Part, version: i64) -> Self {
        Self(format!("livehand|customers|{}|{id}|{version}", part.code()))
    }

    /// The recipient of a delivery.
    pub fn delivery(id: &DeliveryId, customer: &CustomerId, version: i64) -> Self {
        Self(format!("livehand|deliveries|recipient|{}:{id}|{customer}|{version}", id.as_str().len()))
    }

    /// A recipient that somebody proposed for a delivery, by the id of the proposal.
    pub fn proposed(id: &str, customer: &CustomerId) -> Self {
        Self(format!("livehand|intercepts|recipient|{}:{id}|{customer}", id.len()))
    }

    fn wrapped(id: &CustomerId, part: Part, key_id: &str) -> Self {
        Self(format!("livehand|customers|{}_key|{id}|{key_id}", part.code()))
    }
}

/// A key.
pub(crate) struct SealingKey(Clear<[u8; 32]>);

impl SealingKey {
    /// A fresh one.
    pub fn new(entropy: &dyn Entropy) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        entropy.fill(bytes.as_mut_slice());
        Self(Clear::new(*bytes))
    }

    /// Seals something for a place.
    pub fn seal(&self, place: &Place, plain: &[u8], entropy: &dyn Entropy) -> Result<Vec<u8>, Unreadable> {
        let mut nonce = [0; NONCE_BYTES];
        entropy.fill(&mut nonce);
        let payload = Payload { msg: plain, aad: place.0.as_bytes() };
        let sealed = self.cipher().encrypt(&Nonce::from(nonce), payload).map_err(|_| Unreadable)?;
        let mut bytes = Vec::with_capacity(1 + NONCE_BYTES + sealed.len());
        bytes.push(FORMAT);
        bytes.extend_from_slice(&nonce);
        bytes.extend_from_slice(&sealed);
        Ok(bytes)
    }

    /// Opens what was sealed for the same place.
    pub fn open(&self, place: &Place, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Unreadable> {
        let (format, rest) = sealed.split_first().ok_or(Unreadable)?;
        let (nonce, text) = rest.split_at_checked(NONCE_BYTES).ok_or(Unreadable)?;
        let nonce: [u8; NONCE_BYTES] = nonce.try_into().map_err(|_| Unreadable)?;
        if *format != FORMAT {
            return Err(Unreadable);
        }
        let payload = Payload { msg: text, aad: place.0.as_bytes() };
        self.cipher().decrypt(&Nonce::from(nonce), payload).map(Zeroizing::new).map_err(|_| Unreadable)
    }

    fn cipher(&self) -> Aes256Gcm {
        Aes256Gcm::new(self.0.reveal().into())
    }
}

/// What is derived from one key of the ring.
struct Working {
    id: String,
    wrapping: SealingKey,
    indexing: Clear<[u8; 32]>,
}

impl Working {
    fn of(id: &str, secret: &[u8; 32]) -> Result<Self, Unreadable> {
        let derived = |purpose: &str| {
            let mut bytes = Zeroizing::new([0; 32]);
            let done = Hkdf::<Sha256>::new(None, secret).expand(purpose.as_bytes(), bytes.as_mut_slice());
            done.map(|()| Clear::new(*bytes)).map_err(|_| Unreadable)
        };
        Ok(Self {
            id: id.to_owned(),
            wrapping: SealingKey(derived("livehand wrapping 1")?),
            indexing: derived("livehand phone index 1")?,
        })
    }

    fn index(&self, phone: &str) -> Result<[u8; 32], Unreadable> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.indexing.reveal()).map_err(|_| Unreadable)?;
        mac.update(phone.as_bytes());
        Ok(mac.finalize().into_bytes().into())
    }
}

/// Wraps and opens with the keys of a ring.
pub(crate) struct Sealer {
    active: Working,
    others: Vec<Working>,
}

impl Sealer {
    /// With the keys of `ring` that have not been destroyed.
    pub fn of(ring: &Keyring) -> Result<Self, Unreadable> {
        let (mut active, mut others) = (None, Vec::new());
        for key in ring.keys() {
            let Some(secret) = &key.secret else { continue };
            let working = Working::of(&key.about.id, secret.reveal())?;
            match key.about.state {
                KeyState::Active => active = Some(working),
                KeyState::Previous | KeyState::Retired => others.push(working),
            }
        }
        Ok(Self { active: active.ok_or(Unreadable)?, others })
    }

    /// The name of the key that wraps what is written now.
    pub fn active(&self) -> &str {
        &self.active.id
    }

    /// Whether something may still be wrapped by another key.
    pub fn has_others(&self) -> bool {
        !self.others.is_empty()
    }

    /// Wraps one of a customer's keys with the active key.
    pub fn wrap(
        &self,
        customer: &CustomerId,
        part: Part,
        key: &SealingKey,
        entropy: &dyn Entropy,
    ) -> Result<Vec<u8>, Unreadable> {
        let place = Place::wrapped(customer, part, &self.active.id);
        self.active.wrapping.seal(&place, key.0.reveal(), entropy)
    }

    /// Takes a customer's key out of its wrapping by the key `key_id`.
    pub fn unwrap(
        &self,
        key_id: &str,
        customer: &CustomerId,
        part: Part,
        wrapped: &[u8],
    ) -> Result<SealingKey, Unreadable> {
        let working = self.all().find(|working| working.id == key_id).ok_or(Unreadable)?;
        let bytes = working.wrapping.open(&Place::wrapped(customer, part, key_id), wrapped)?;
        let bytes = Zeroizing::new(<[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| Unreadable)?);
        Ok(SealingKey(Clear::new(*bytes)))
    }

    /// The hash of a number by which its customer is written.
    pub fn index(&self, phone: &str) -> Result<[u8; 32], Unreadable> {
        self.active.index(phone)
    }

    /// The hashes of a number by which its customer may be found: one for each key.
    pub fn indexes(&self, phone: &str) -> Result<Vec<[u8; 32]>, Unreadable> {
        self.all().map(|working| working.index(phone)).collect()
    }

    fn all(&self) -> impl Iterator<Item = &Working> {
        std::iter::once(&self.active).chain(&self.others)
    }
}

#[cfg(test)]
mod tests {
    use livehand_kernel::Millis;

    use super::*;
    use crate::privacy::tests::Drawn;

    fn id(text: &str) -> CustomerId {
        CustomerId::from(text)
    }

    #[test]
    fn what_is_sealed_opens_only_where_it_stands_and_with_its_key() {
        let entropy = Drawn::default();
        let (key, other) = (SealingKey::new(&entropy), SealingKey::new(&entropy));
        let place = || Place::customer(&id("c1"), Part::Clear, 3);
        let sealed = key.seal(&place(), b"secret", &entropy).unwrap();
        assert_eq!(key.open(&place(), &sealed).unwrap().as_slice(), b"secret");
        assert!(other.open(&place(), &sealed).is_err());
        for elsewhere in [
            Place::customer(&id("c2"), Part::Clear, 3),
            Place::customer(&id("c1"), Part::Masked, 3),
            Place::customer(&id("c1"), Part::Clear, 2),
            Place::delivery(&DeliveryId::from("c1"), &id("c1"), 3),
        ] {
            assert_eq!(key.open(&elsewhere, &sealed).err(), Some(Unreadable));
        }
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(key.open(&place(), &changed).is_err(), "byte {at}");
            assert!(key.open(&place(), &sealed[..at]).is_err(), "{at} bytes");
        }
    }

    #[test]
    fn the_same_thing_is_never_sealed_twice_in_the_same_way() {
        let entropy = Drawn::default();
        let key = SealingKey::new(&entropy);
        let place = Place::customer(&id("c1"), Part::Clear, 1);
        let (one, two) =
            (key.seal(&place, b"x", &entropy).unwrap(), key.seal(&place, b"x", &entropy).unwrap());
        assert_ne!(one, two);
    }

    #[test]
    fn a_rotated_ring_opens_what_the_key_before_wrapped_until_that_is_retired() {
        let entropy = Drawn::default();
        let ring = Keyring::new(Millis(1), &entropy);
        let before = Sealer::of(&ring).unwrap();
        let (first, key) = (before.active().to_owned(), SealingKey::new(&entropy));
        let wrapped = before.wrap(&id("c1"), Part::Clear, &key, &entropy).unwrap();
        let ring = ring.rotated(Millis(2), &entropy);
        let after = Sealer::of(&ring).unwrap();
        assert!(after.has_others() && after.active() != first);
        let found = after.unwrap(&first, &id("c1"), Part::Clear, &wrapped).unwrap();
        assert_eq!(found.0.reveal(), key.0.reveal());
        assert!(after.unwrap(&first, &id("c1"), Part::Masked, &wrapped).is_err());
        assert!(after.unwrap(after.active(), &id("c1"), Part::Clear, &wrapped).is_err());
        let retired = Sealer::of(&ring.retired(std::slice::from_ref(&first))).unwrap();
        assert!(retired.unwrap(&first, &id("c1"), Part::Clear, &wrapped).is_err());
        let stranger = Sealer::of(&Keyring::new(Millis(3), &entropy)).unwrap();
        assert!(stranger.unwrap(&first, &id("c1"), Part::Clear, &wrapped).is_err());
    }

    #[test]
    fn numbers_have_a_hash_for_each_key() {
        let entropy = Drawn::default();
        let ring = Keyring::new(Millis(1), &entropy);
        let old = Sealer::of(&ring).unwrap().index("13800138000").unwrap();
        let sealer = Sealer::of(&ring.rotated(Millis(2), &entropy)).unwrap();
        let indexes = sealer.indexes("13800138000").unwrap();
        assert_eq!(indexes.len(), 2);
        assert!(indexes.contains(&old) && indexes[0] == sealer.index("13800138000").unwrap());
        assert_ne!(sealer.index("13800138001").unwrap(), indexes[0]);
    }
}
