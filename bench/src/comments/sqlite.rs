//! SQLite FTS5 in memory. Its tokenizers keep a run of Chinese characters as one word, and `trigram` finds nothing in a
//! question of two characters, so the text is cut beforehand.

use anyhow::Context;
use rusqlite::{Connection, params};

use super::engines::{Finder, LIMIT, Texts, cut, each_once};
use super::entries::Entry;

/// The goods are a column that is searched but counts nothing; an entry for any goods has this one.
const ANY: &str = "anygoods";
const TABLE: &str = "
    CREATE VIRTUAL TABLE entry USING fts5(text, goods, content = '', tokenize = 'unicode61 remove_diacritics 0');
    INSERT INTO entry (entry, rank) VALUES ('rank', 'bm25(1.0, 0.0)');";

/// A table of its full-text search.
pub struct Sqlite {
    connection: Connection,
}

impl Sqlite {
    /// Indexes entries and merges the index into one piece.
    pub fn open(entries: &[Entry], texts: Texts) -> anyhow::Result<Self> {
        let mut connection = Connection::open_in_memory()?;
        connection.execute_batch(TABLE)?;
        let writing = connection.transaction()?;
        {
            let mut insert = writing.prepare("INSERT INTO entry (rowid, text, goods) VALUES (?1, ?2, ?3)")?;
            for (number, entry) in (0_i64..).zip(entries) {
                let text = cut(&texts.of(entry), true).join(" ");
                insert.execute(params![number, text, entry.goods.as_deref().unwrap_or(ANY)])?;
            }
        }
        writing.commit()?;
        connection.execute_batch("INSERT INTO entry (entry) VALUES ('optimize')")?;
        Ok(Self { connection })
    }
}

impl Finder for Sqlite {
    fn find(&mut self, text: &str, room: Option<&str>) -> anyhow::Result<Vec<usize>> {
        let tokens = each_once(cut(text, true));
        if tokens.is_empty() {
            return Ok(Vec::new());
        }
        // Tokens are letters and digits, so that quotes need no escape.
        let any_of = tokens.iter().map(|token| format!("\"{token}\"")).collect::<Vec<_>>().join(" OR ");
        let mut asked = format!("{{text}} : ({any_of})");
        if let Some(room) = room {
            asked.push_str(&format!(" AND {{goods}} : (\"{ANY}\" OR \"{}\")", room.replace('"', "")));
        }
        let mut select = self
            .connection
            .prepare_cached("SELECT rowid FROM entry WHERE entry MATCH ?1 ORDER BY rank LIMIT ?2")?;
        let found = select.query_map(params![asked, LIMIT as i64], |row| row.get::<_, i64>(0))?;
        found.map(|place| usize::try_from(place?).context("a negative row")).collect()
    }

    fn bytes(&self) -> anyhow::Result<Option<u64>> {
        let bytes: i64 = self.connection.query_row(
            "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size",
            [],
            |row| row.get(0),
        )?;
        Ok(Some(bytes.try_into()?))
    }
}
