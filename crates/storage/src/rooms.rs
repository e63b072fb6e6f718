//! Live rooms.

use livehand_kernel::RoomId;

use crate::{Error, Tx, sql};

/// A live room (直播间).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomRow {
    /// Id.
    pub id: RoomId,
    /// Name.
    pub name: String,
}

/// Adds a room, unless it exists.
///
/// # Errors
/// [`Error`] of the database.
pub async fn ensure(tx: &Tx, room: &RoomRow) -> Result<(), Error> {
    let sql = sql!("INSERT INTO rooms (id, name) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING");
    tx.run("adding a room", sql, vec![room.id.as_str().into(), (&room.name).into()]).await.map(|_| ())
}

/// The room with this id.
///
/// # Errors
/// [`Error`] of the database.
pub async fn find(tx: &Tx, id: &RoomId) -> Result<Option<RoomRow>, Error> {
    let sql = sql!("SELECT id, name FROM rooms WHERE id = $1");
    let row: Option<(String, String)> = tx.one("finding a room", sql, vec![id.as_str().into()]).await?;
    Ok(row.map(|(id, name)| RoomRow { id: RoomId(id), name }))
}
