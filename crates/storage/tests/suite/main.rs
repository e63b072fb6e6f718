//! What every database must do, on SQLite and on PostgreSQL alike.

#![cfg(test)]

mod backups;
mod catalogue;
mod chains;
mod changes;
mod claims;
mod crew;
mod customers;
mod engines;
mod faq;
mod fulfilments;
mod order_checks;
mod orders;
mod price_ledger;
mod promotions;
mod reservations;
mod schema;
mod shows;
mod stock;
mod tickets;
mod work;

use livehand_kernel::{Fen, Hat, Millis, PersonId, ProductId, RoomId, ShowId};
use livehand_storage::people::PersonRow;
use livehand_storage::products::ProductRow;
use livehand_storage::rooms::RoomRow;
use livehand_storage::shows::ShowRow;
use livehand_storage::{Db, Error, Tx};

pub use engines::{attempted_behind_its_back, behind_its_back, on_every_engine};

/// Runs `work` as one write.
pub async fn save_with<T>(db: &Db, work: impl AsyncFn(Tx) -> Result<T, Error>) -> Result<T, Error> {
    let work = &work;
    db.write(|tx| work(tx)).await
}

/// Runs one function of the crate as one write.
macro_rules! save {
    ($db:expr, $module:ident :: $function:ident ( $($arg:expr),* $(,)? )) => {
        crate::save_with(&$db, async |tx| livehand_storage::$module::$function(&tx, $($arg),*).await).await
    };
}
/// Runs one function of the crate as one read, which must succeed.
macro_rules! load {
    ($db:expr, $module:ident :: $function:ident ( $($arg:expr),* $(,)? )) => {{
        let tx = $db.read().await.unwrap();
        livehand_storage::$module::$function(&tx, $($arg),*).await.unwrap()
    }};
}
pub(crate) use {load, save};

/// A host.
pub fn person(id: &str, name: &str) -> PersonRow {
    PersonRow {
        id: PersonId::from(id),
        name: name.to_owned(),
        hats: vec![Hat::Anchor],
        password_hash: None,
        disabled: false,
        created_at: Millis(1_000),
    }
}

/// A planned show in the room of [`with_room`].
pub fn show(id: &str, title: &str) -> ShowRow {
    ShowRow {
        id: ShowId::from(id),
        room_id: RoomId::from("room-1"),
        title: title.to_owned(),
        kind: "daily".to_owned(),
        mode: "live".to_owned(),
        status: "planned".to_owned(),
        planned_at: Some(Millis(5_000)),
        opened_at: None,
        ended_at: None,
        created_at: Millis(1_000),
        synthetic: true,
    }
}

/// A product at 199 yuan.
pub fn product(id: &str, link_number: i64) -> ProductRow {
    ProductRow {
        id: ProductId::from(id),
        name: format!("Sample {id}"),
        price: Fen(19_900),
        link_number,
        created_at: Millis(1_000),
    }
}

/// A database with one room.
pub async fn with_room(db: &Db) {
    let room = RoomRow { id: RoomId::from("room-1"), name: "Main".to_owned() };
    save!(db, rooms::ensure(&room)).unwrap();
}
