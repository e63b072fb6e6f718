//! 个人信息: names, numbers and addresses of customers. They are sealed before they reach the database, masked on every
//! screen, seen in clear only for a reason, for five minutes and on record, and go when their time is over or when the
//! customer asks for it.
//!
//! What must never happen here: a name, a number or an address in an error, a log line, a metric, an audit row or an id.

mod changing;
mod erase;
mod keep;
mod keyring;
mod labels;
mod masked;
mod recipients;
mod retention;
mod reveal;
mod rotation;
mod sealing;
#[cfg(test)]
pub(crate) mod tests;

use std::sync::{Arc, PoisonError, RwLock};

use livehand_compliance::Action;
use livehand_compliance::personal::{Recipient, Wrong};
use livehand_kernel::{CustomerId, PersonId, Phrase};
use livehand_live::FieldError;
use livehand_storage::customers::CustomerRow;
use tokio::sync::Notify;

pub use changing::RecipientChange;
pub(crate) use changing::checked_recipient;
pub use erase::{ErasureView, NewErasure};
pub(crate) use keep::{Checked, Keeper, NotKept, checked};
pub use keep::{Kept, KeptHow, NewDelivery};
pub use keyring::{KeyAbout, KeyState, Keyring, NoKeys};
pub use labels::{LABELS_MAX, Label};
pub use masked::{CustomerDetail, CustomerPage, CustomerState, CustomerView, DeliveryView};
pub(crate) use recipients::{Opened, altered};
pub use retention::{RetentionDue, RetentionRun, RetentionView};
pub use reveal::{LookPage, LookView, NewLook, Revealed};
pub use rotation::{KeyUse, KeysView, run_personal_data};

use self::sealing::{Part, Place, Sealer, SealingKey, Unreadable};
use crate::{App, Caller, Error, Fault};

/// Writes down, outside the database, that a customer was erased.
pub type NoteErased = Arc<dyn Fn(&CustomerId) -> std::io::Result<()> + Send + Sync>;

/// Reads the key file; asked at the start and whenever somebody says that it has changed.
pub type KeySource = Arc<dyn Fn() -> Result<Keyring, NoKeys> + Send + Sync>;

/// The keys, and how to read them again.
pub(crate) struct Vault {
    source: KeySource,
    state: RwLock<Result<Open, NoKeys>>,
    /// Somebody put a new key in force: what the one before wrapped is to be wrapped anew.
    changed: Notify,
}

#[derive(Clone)]
struct Open {
    sealer: Arc<Sealer>,
    about: Arc<[KeyAbout]>,
}

impl Vault {
    /// Reads the keys for the first time.
    pub fn new(source: KeySource) -> Self {
        let state = RwLock::new(read(&source));
        Self { source, state, changed: Notify::new() }
    }

    /// The keys as they are in force.
    fn open(&self) -> Result<Open, NoKeys> {
        self.state.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads the keys again. If that fails, those in force stay, so that a file that is being written stops nobody.
    fn reload(&self) -> Result<Open, NoKeys> {
        let open = read(&self.source)?;
        *self.state.write().unwrap_or_else(PoisonError::into_inner) = Ok(open.clone());
        self.changed.notify_one();
        Ok(open)
    }
}

fn read(source: &KeySource) -> Result<Open, NoKeys> {
    let ring = source()?;
    let sealer = Sealer::of(&ring).map_err(|_| {
        NoKeys(Phrase::new("the key file has no key that can be used", "密钥文件中没有可用的密钥"))
    })?;
    Ok(Open { sealer: Arc::new(sealer), about: ring.about().into() })
}

/// What is said where a key is not there.
pub(crate) fn unreadable() -> Error {
    Unreadable.into()
}

impl From<Unreadable> for Error {
    fn from(_: Unreadable) -> Self {
        Error::Conflict {
            code: "personal_data_unreadable",
            explanation: Phrase::new(
                "This was sealed with a key that is not in the key file; put the key file back that was used before (livehand keys status)",
                "这条信息所用的密钥不在当前密钥文件中；请恢复原来的密钥文件（livehand keys status）",
            ),
        }
    }
}

/// There is nothing in clear any more.
fn gone() -> Error {
    Error::Conflict {
        code: "personal_data_gone",
        explanation: Phrase::new(
            "The name, number and address are gone: their time was over, or the customer had them erased",
            "姓名、电话、地址已到期清理，或已按客户要求删除",
        ),
    }
}

/// Fields that cannot be used, without what stood in them.
pub(crate) fn invalid(prefix: &str, wrong: Vec<Wrong>) -> Vec<Fault> {
    let fault = |it: Wrong| {
        let found = Phrase::new(format!("{} characters", it.chars), format!("{} 个字", it.chars));
        Fault { line: None, error: FieldError::new(&format!("{prefix}{}", it.field), it.expected, found) }
    };
    wrong.into_iter().map(fault).collect()
}

/// A member of the crew; links and the command line see nothing in clear.
fn person(caller: &Caller, action: Action) -> Result<PersonId, Error> {
    caller.require(action)?;
    match caller {
        Caller::Person { id, .. } => Ok(id.clone()),
        Caller::Link { .. } | Caller::Local => Err(Error::Forbidden(action)),
    }
}

impl App {
    /// The keys in force.
    fn sealer(&self) -> Result<Arc<Sealer>, Error> {
        self.vault.open().map(|open| open.sealer).map_err(|NoKeys(why)| Error::Conflict {
            code: "no_personal_data_key",
            explanation: Phrase::new(
                format!(
                    "Personal data is not kept without a key: {}. Make a key file outside the data directory (livehand keys new FILE), name it in the setting keys, and start again",
                    why.en
                ),
                format!(
                    "没有密钥，不保存个人信息：{}。请在数据目录之外新建密钥文件（livehand keys new 文件），写入设置 keys 后重新启动",
                    why.zh
                ),
            ),
        })
    }
}

/// What is clear of a customer, and its key; nothing once it is gone.
fn open_clear(sealer: &Sealer, row: &CustomerRow) -> Result<Option<(Recipient, SealingKey)>, Unreadable> {
    let Some(part) = &row.clear else { return Ok(None) };
    let key = sealer.unwrap(&row.key_id, &row.id, Part::Clear, &part.key)?;
    let bytes = key.open(&Place::customer(&row.id, Part::Clear, row.version), &part.data)?;
    Ok(Some((Recipient::from_bytes(&bytes).ok_or(Unreadable)?, key)))
}

async fn find_customer(tx: &livehand_storage::Tx, id: &CustomerId) -> Result<CustomerRow, Error> {
    livehand_storage::customers::find(tx, id).await?.ok_or_else(|| Error::not_found("customer", id))
}
