//! The keys that wrap the customers' own keys, as they stand in the key file. One is active and wraps what is written; those
//! before it are kept until nothing is wrapped by them; of a retired one only the name is left.

use livehand_compliance::personal::Clear;
use livehand_kernel::{Entropy, Millis, Phrase};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// Form of the key file.
const FORMAT: u32 = 1;
/// Keys in a file, at most: one a day for ten years.
const KEYS_MAX: usize = 4_000;

/// What a key is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyState {
    /// Wraps what is written now.
    Active,
    /// Still opens what it wrapped.
    Previous,
    /// Was destroyed; what it wrapped, in old backups, cannot be read any more.
    Retired,
}

/// What may be told of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyAbout {
    /// Its name, which stands beside what it wraps.
    pub id: String,
    /// When it was made.
    pub created: Millis,
    /// What it is good for.
    pub state: KeyState,
}

/// The keys of a file. Printing them says nothing of their secrets.
#[derive(Debug)]
pub struct Keyring {
    keys: Vec<Key>,
}

#[derive(Debug)]
pub(super) struct Key {
    pub about: KeyAbout,
    /// Absent once it is retired.
    pub secret: Option<Clear<[u8; 32]>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    format: u32,
    keys: Vec<WrittenKey>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenKey {
    id: String,
    created: i64,
    state: KeyState,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    secret: Option<Zeroizing<String>>,
}

/// Why there is no key to work with. What it says never holds what stands in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoKeys(pub Phrase);

impl Keyring {
    /// A ring with one key.
    pub fn new(now: Millis, entropy: &dyn Entropy) -> Self {
        Self { keys: vec![Key::new(now, entropy)] }
    }

    /// Reads what [`Keyring::to_text`] wrote.
    ///
    /// # Errors
    /// [`NoKeys`] if it is anything else, or if not exactly one key is active.
    pub fn parse(text: &str) -> Result<Self, NoKeys> {
        let broken = || {
            NoKeys(Phrase::new(
                "the key file is no key file of Livehand, or is damaged",
                "密钥文件不是 Livehand 的密钥文件，或已损坏",
            ))
        };
        // The cause would quote what stands there.
        let written: Written = serde_json::from_str(text).map_err(|_| broken())?;
        if written.format != FORMAT || written.keys.len() > KEYS_MAX {
            return Err(broken());
        }
        let keys = written.keys.into_iter().map(Key::read).collect::<Option<Vec<_>>>().ok_or_else(broken)?;
        let ring = Self { keys };
        let active = ring.keys.iter().filter(|key| key.about.state == KeyState::Active).count();
        if active == 1 { Ok(ring) } else { Err(broken()) }
    }

    /// The whole file. Whoever has it can read everything.
    pub fn to_text(&self) -> Zeroizing<String> {
        let keys = self.keys.iter().map(Key::written).collect();
        let written = Written { format: FORMAT, keys };
        let mut text = Zeroizing::new(serde_json::to_string_pretty(&written).unwrap_or_default());
        text.push('\n');
        text
    }

    /// With a new active key; the one before stays to open what it wrapped.
    #[must_use]
    pub fn rotated(mut self, now: Millis, entropy: &dyn Entropy) -> Self {
        for key in &mut self.keys {
            if key.about.state == KeyState::Active {
                key.about.state = KeyState::Previous;
            }
        }
        self.keys.push(Key::new(now, entropy));
        self
    }

    /// Without the secrets of these keys; the active one stays.
    #[must_use]
    pub fn retired(mut self, ids: &[String]) -> Self {
        for key in &mut self.keys {
            if key.about.state == KeyState::Previous && ids.contains(&key.about.id) {
                key.about.state = KeyState::Retired;
                key.secret = None;
            }
        }
        self
    }

    /// What may be told of the keys, in the order of their making.
    pub fn about(&self) -> Vec<KeyAbout> {
        self.keys.iter().map(|key| key.about.clone()).collect()
    }

    pub(super) fn keys(&self) -> &[Key] {
        &self.keys
    }
}

impl Key {
    fn new(now: Millis, entropy: &dyn Entropy) -> Self {
        let (mut name, mut secret) = ([0_u8; 6], Zeroizing::new([0_u8; 32]));
        entropy.fill(&mut name);
        entropy.fill(secret.as_mut_slice());
        let id = format!("k-{}", hex::encode(name));
        Self {
            about: KeyAbout { id, created: now, state: KeyState::Active },
            secret: Some(Clear::new(*secret)),
        }
    }

    fn read(it: WrittenKey) -> Option<Self> {
        let WrittenKey { id, created, state, secret } = it;
        let secret = match secret {
            Some(text) => {
                let mut bytes = Zeroizing::new([0_u8; 32]);
                hex::decode_to_slice(text.as_bytes(), bytes.as_mut_slice()).ok()?;
                Some(Clear::new(*bytes))
            }
            None => None,
        };
        let named = !id.is_empty() && id.len() <= 64;
        let whole = secret.is_some() == (state != KeyState::Retired);
        (named && whole).then_some(Self { about: KeyAbout { id, created: Millis(created), state }, secret })
    }

    fn written(&self) -> WrittenKey {
        WrittenKey {
            id: self.about.id.clone(),
            created: self.about.created.0,
            state: self.about.state,
            secret: self.secret.as_ref().map(|secret| Zeroizing::new(hex::encode(secret.reveal()))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::privacy::tests::Drawn;

    #[test]
    fn a_ring_comes_back_from_its_file_and_tells_no_secret_otherwise() {
        let entropy = Drawn::default();
        let ring = Keyring::new(Millis(1), &entropy).rotated(Millis(2), &entropy);
        let states: Vec<_> = ring.about().iter().map(|key| key.state).collect();
        assert_eq!(states, [KeyState::Previous, KeyState::Active]);
        let text = ring.to_text();
        let again = Keyring::parse(&text).unwrap();
        assert_eq!(again.about(), ring.about());
        assert_eq!(again.to_text(), text);
        let secret = hex::encode(ring.keys()[0].secret.as_ref().unwrap().reveal());
        assert!(text.contains(&secret));
        assert!(!format!("{ring:?}").contains(&secret[..8]));
    }

    #[test]
    fn a_retired_key_has_no_secret_and_the_active_one_stays() {
        let entropy = Drawn::default();
        let ring = Keyring::new(Millis(1), &entropy).rotated(Millis(2), &entropy);
        let ids: Vec<_> = ring.about().into_iter().map(|key| key.id).collect();
        let ring = ring.retired(&ids);
        let states: Vec<_> = ring.about().iter().map(|key| key.state).collect();
        assert_eq!(states, [KeyState::Retired, KeyState::Active]);
        let text = ring.to_text();
        assert_eq!(text.matches("secret").count(), 1);
        assert!(Keyring::parse(&text).is_ok());
    }

    #[test]
    fn a_damaged_file_is_refused_without_being_quoted() {
        let entropy = Drawn::default();
        let text = Keyring::new(Millis(1), &entropy).to_text();
        let secret = text.split('"').find(|part| part.len() == 64).unwrap().to_owned();
        for broken in [
            String::new(),
            text.replace("active", "previous"),
            text.replace(&secret, &secret[2..]),
            text.replace("\"format\": 1", "\"format\": 2"),
        ] {
            let why = Keyring::parse(&broken).unwrap_err().0;
            assert!(!why.en.contains(&secret[2..10]), "{why}");
        }
    }
}
