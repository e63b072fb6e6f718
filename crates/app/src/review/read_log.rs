//! The log itself, as it was recorded: for replays, and for whoever wants to fold it elsewhere.

use livehand_compliance::Action;
use livehand_kernel::ShowId;
use livehand_show_log::Head;

use crate::audit::Entry;
use crate::prepare::find_show;
use crate::{App, Caller, Error};

/// Reads a show's log from its beginning, a page at a time.
pub struct LogReader {
    app: App,
    show: ShowId,
    after: Head,
}

impl LogReader {
    /// The next events as NDJSON; nothing at the end.
    ///
    /// # Errors
    /// [`Error::Room`] when the log cannot be read.
    pub async fn next_lines(&mut self) -> Result<Option<Vec<u8>>, Error> {
        let page = self.app.rooms.page(&self.show, self.after).await?;
        if page.events.is_empty() {
            return Ok(None);
        }
        self.after = page.head;
        let mut lines = Vec::new();
        for recorded in &page.events {
            serde_json::to_writer(&mut lines, &recorded.event)
                .map_err(|_| Error::Internal("an event cannot be written"))?;
            lines.push(b'\n');
        }
        Ok(Some(lines))
    }
}

impl App {
    /// A reader of a show's log, which is the whole of its data.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`].
    pub async fn read_log(&self, caller: &Caller, show: &ShowId) -> Result<LogReader, Error> {
        caller.require(Action::ExportData)?;
        find_show(self, show).await?;
        let entry = Entry::of(caller, Action::ExportData.code(), show.as_str());
        self.audit_alone(entry.with(serde_json::json!({ "table": "log" }))).await?;
        Ok(LogReader { app: self.clone(), show: show.clone(), after: Head::EMPTY })
    }
}
