//! Orders from a shop's export (CSV, XLSX): each order of it is one notice, known by what it says, so that the same file
//! again changes nothing.

use livehand_compliance::Action;
use livehand_compliance::personal::Given;
use livehand_kernel::Phrase;
use livehand_prepare::sheet::{Table, column_letters};
use livehand_trade::orders::Took;
use livehand_trade::orders::export::{CellFault, Columns, Read, SheetRow, Whom};
use sha2::{Digest, Sha256};

use super::NewOrderNotice;
use super::take::Incoming;
use crate::audit::Entry;
use crate::privacy::{NotKept, unreadable};
use crate::{App, Caller, Error, SheetFile};

/// Orders in one transaction: others wait for the same database.
const ORDERS_PER_WRITE: usize = 25;
/// Under which name exports deliver.
const SOURCE: &str = "export";
/// Where exports come from, unless somebody says otherwise.
const PLATFORM: &str = "douyin";

/// An export to be taken.
#[derive(Clone, Debug, Default)]
pub struct OrdersImport {
    /// The file.
    pub file: SheetFile,
    /// Where its orders were placed; `douyin` if absent.
    pub platform: Option<String>,
    /// Whether it is taken; otherwise it is only said what would become of it.
    pub apply: bool,
}

/// Something in an export that was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportRefusal {
    /// Row of the sheet.
    pub row: u32,
    /// Letters of the column, or the name of the field.
    pub field: String,
    /// What it must be.
    pub expected: Phrase,
}

/// What became of an export.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrdersImported {
    /// Whether it was taken.
    pub applied: bool,
    /// Orders in it that can be used.
    pub orders: usize,
    /// Orders that were not known.
    pub opened: usize,
    /// Orders that stand elsewhere now.
    pub moved: usize,
    /// Orders of which more is known now.
    pub filled: usize,
    /// Orders of which it says something older.
    pub older: usize,
    /// Orders of which it says nothing new, and those that were taken from an export before.
    pub same: usize,
    /// Orders whose recipient the export hides.
    pub without_recipient: usize,
    /// What was not taken. The other orders were.
    pub refused: Vec<ImportRefusal>,
}

impl OrdersImported {
    fn count(&mut self, took: Took, again: bool) {
        // What was taken before is answered as it was then, and says nothing new now.
        let took = if again { Took::Same } else { took };
        let place = match took {
            Took::Opened => &mut self.opened,
            Took::Moved => &mut self.moved,
            Took::Filled => &mut self.filled,
            Took::Older => &mut self.older,
            Took::Same => &mut self.same,
        };
        *place += 1;
    }
}

impl App {
    /// Whether the caller may send exports; asked before the body is read.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub fn check_may_take_orders(&self, caller: &Caller) -> Result<(), Error> {
        caller.require(Action::TakeOrders)
    }

    /// Takes the orders of an export. An order with a cell that cannot be used is left out and named; the others are taken.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Sheet`], [`Error::Invalid`] if the sheet has no columns of orders, and those of the
    /// keys of personal data.
    pub async fn import_orders(
        &self,
        caller: &Caller,
        import: OrdersImport,
    ) -> Result<OrdersImported, Error> {
        caller.require(Action::TakeOrders)?;
        let OrdersImport { file, platform, apply } = import;
        let platform = platform.unwrap_or_else(|| PLATFORM.to_owned());
        let digest = hex::encode(Sha256::digest(&file.bytes));
        let table = (self.sheets)(file).await?;
        let (orders, faults) = read(&table, &platform)?;
        drop(table);
        let mut done = OrdersImported { applied: apply, ..OrdersImported::default() };
        done.refused.extend(faults.into_iter().map(refusal));
        let mut incoming = Vec::with_capacity(orders.len());
        for order in orders {
            let row = order.row;
            match self.incoming(order) {
                Ok(it) => incoming.push(it),
                Err(Error::Invalid(faults)) => done.refused.extend(faults.into_iter().map(|fault| {
                    ImportRefusal { row, field: fault.error.field, expected: fault.error.expected }
                })),
                Err(other) => return Err(other),
            }
        }
        done.orders = incoming.len();
        done.without_recipient = incoming.iter().filter(|it| !it.has_recipient()).count();
        for orders in incoming.chunks(ORDERS_PER_WRITE) {
            let detail =
                serde_json::json!({ "sha256": digest, "platform": platform, "orders": orders.len() });
            let entry = Entry::of(caller, "import_orders", SOURCE).with(detail);
            for taken in self.take(entry, orders, apply).await? {
                done.count(taken.took, taken.again);
            }
        }
        done.refused.sort_by_key(|it| it.row);
        Ok(done)
    }

    /// An order of an export as a notice: its id is what it says.
    fn incoming(&self, read: Read) -> Result<Incoming, Error> {
        let Read { mut notice, whom, .. } = read;
        let said = serde_json::to_string(&notice).unwrap_or_default();
        let digest = match &whom {
            // A plain hash of a name and a number could be guessed.
            Some(Whom { name, phone, region, street, remark }) => {
                let all = [said.as_str(), name, phone, region, street, remark].join("\0");
                match self.keeper()?.fingerprint(&all) {
                    Ok(hash) => hash,
                    Err(NotKept::Unreadable) => return Err(unreadable()),
                    Err(NotKept::Storage(error)) => return Err(error.into()),
                }
            }
            None => Sha256::digest(said.as_bytes()).into(),
        };
        notice.id = format!("rows-{}", hex::encode(digest));
        let recipient = whom.map(|it| Given {
            name: it.name,
            phone: it.phone,
            region: it.region,
            address: it.street,
            remark: it.remark,
        });
        Incoming::checked(SOURCE, NewOrderNotice { notice, recipient }, vec![digest.to_vec()], self.now())
    }
}

fn read(table: &Table, platform: &str) -> Result<(Vec<Read>, Vec<CellFault>), Error> {
    let header: Vec<&str> = table.columns().iter().map(|cell| cell.text.as_str()).collect();
    let columns = Columns::find(&header).map_err(|missing| {
        let missing = missing.join("、");
        let expected = Phrase::new(
            format!("an export of orders; these columns are missing: {missing}"),
            format!("订单导出表；缺少列：{missing}"),
        );
        Error::field("header", expected, Phrase::new("other columns", "其他表头"))
    })?;
    let rows: Vec<SheetRow<'_>> = (table.data().iter())
        .map(|row| (row.number, row.cells.iter().map(|cell| cell.text.as_str()).collect()))
        .collect();
    Ok(columns.orders(platform, &rows))
}

fn refusal(fault: CellFault) -> ImportRefusal {
    let column = u32::try_from(fault.column).unwrap_or(u32::MAX - 1) + 1;
    ImportRefusal { row: fault.row, field: column_letters(column), expected: fault.expected }
}
