//! Spreadsheets that somebody sends. They are read apart from the server, by whom [`crate::Parts`] names.

use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use livehand_compliance::Action;
use livehand_prepare::sheet::{SheetError, Table};

use crate::{App, Caller, Error};

/// A file as somebody sent it.
#[derive(Clone, Debug, Default)]
pub struct SheetFile {
    /// All of it.
    pub bytes: Bytes,
    /// Its name, for people.
    pub name: String,
    /// The worksheet that is wanted; without it the first visible one with something in it is read.
    pub sheet: Option<String>,
}

/// A table on its way.
pub type SheetReading = Pin<Box<dyn Future<Output = Result<Table, SheetError>> + Send>>;

/// Reads files of anybody without harm to this process, however hostile they are.
pub type SheetReader = Arc<dyn Fn(SheetFile) -> SheetReading + Send + Sync>;

impl App {
    /// Whether the caller may send spreadsheets; asked before the body is read.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub fn check_may_read_sheets(&self, caller: &Caller) -> Result<(), Error> {
        caller.require(Action::EditProducts)
    }

    /// What a spreadsheet says. Nothing is stored.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Sheet`].
    pub async fn read_sheet(&self, caller: &Caller, file: SheetFile) -> Result<Table, Error> {
        caller.require(Action::EditProducts)?;
        Ok((self.sheets)(file).await?)
    }
}
