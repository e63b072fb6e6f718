//! Prices paid that nobody delivered by a show: written by hand, or as lines of a CSV, each with its evidence.

use livehand_compliance::Action;
use livehand_kernel::{Fen, Millis, Phrase, ProductId, SkuId, display_text};
use livehand_live::{AMOUNT_FEN_MAX, FieldError};
use livehand_storage as storage;
use livehand_storage::price_ledger::{Kind, NewEntry};

use super::orders::{ORDER_SOURCE, source_id};
use crate::audit::Entry;
use crate::error::Fault;
use crate::prepare::MAIN_ROOM;
use crate::{App, Caller, Error};

/// Rows in one request; all of them are written, or none.
const ROWS_MAX: usize = 500;
/// Longest text of a field, in bytes.
const TEXT_BYTES_MAX: usize = 300;
/// Most pieces of one payment.
const QUANTITY_MAX: i64 = 1_000_000;
/// Columns that a CSV may have; the price is one of the two, in fen or in yuan.
const COLUMNS: [&str; 9] =
    ["product", "sku", "venue", "at", "fen", "price_yuan", "quantity", "order", "evidence"];

/// One price paid, as somebody writes it down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaidByHand {
    /// Of which product.
    pub product: ProductId,
    /// Of which of its SKUs.
    pub sku: Option<SkuId>,
    /// Where; the main room if absent.
    pub venue: Option<String>,
    /// When.
    pub at: Millis,
    /// For one piece.
    pub fen: Fen,
    /// How many; one if absent.
    pub quantity: Option<i64>,
    /// The order.
    pub order: Option<String>,
    /// What proves it: a file's hash, an address, the number of a receipt.
    pub evidence: String,
}

/// What was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaidRecorded {
    /// Rows that are new.
    pub added: usize,
    /// Rows that the ledger had already.
    pub known: usize,
}

impl App {
    /// Writes prices that were paid into the ledger; all of them, or none.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Invalid`] with the number of the row.
    pub async fn record_paid(&self, caller: &Caller, rows: Vec<PaidByHand>) -> Result<PaidRecorded, Error> {
        caller.require(Action::RecordPrices)?;
        let now = self.clock.now();
        if rows.is_empty() || rows.len() > ROWS_MAX {
            let expected = Phrase::new(format!("1 to {ROWS_MAX} rows"), format!("1 到 {ROWS_MAX} 行"));
            return Err(Error::field("rows", expected, Phrase::literal(rows.len().to_string())));
        }
        let mut faults = Vec::new();
        let tx = self.db.read().await?;
        for (number, row) in (1..).zip(&rows) {
            let mut found = checked(row, now);
            if found.is_none() && storage::products::find(&tx, &row.product).await?.is_none() {
                let expected = Phrase::new("a product that exists", "已有的商品编号");
                found = Some(FieldError::new("product", expected, shown(row.product.as_str())));
            }
            faults.extend(found.map(|error| Fault { line: Some(number), error }));
        }
        drop(tx);
        if !faults.is_empty() {
            return Err(Error::Invalid(faults));
        }
        let entries: Vec<NewEntry> = rows.into_iter().map(|row| entry(row, caller)).collect();
        let audit =
            Entry::of(caller, "record_paid", "ledger").with(serde_json::json!({ "rows": entries.len() }));
        let entries = &entries;
        let written = self.audited(audit, move |tx| async move {
            let before = storage::price_ledger::head(&tx).await?.sequence;
            let mut after = before;
            for entry in entries {
                after = storage::price_ledger::append(&tx, entry).await?.sequence;
            }
            Ok(Some(after - before))
        });
        let added = usize::try_from(written.await?.unwrap_or(0)).unwrap_or(0);
        Ok(PaidRecorded { added, known: entries.len() - added })
    }

    /// As [`App::record_paid`], of a CSV whose first line names its columns.
    ///
    /// # Errors
    /// As [`App::record_paid`]; a line that cannot be read is named by its number.
    pub async fn record_paid_csv(&self, caller: &Caller, text: &str) -> Result<PaidRecorded, Error> {
        caller.require(Action::RecordPrices)?;
        let rows = read_csv(text)?;
        self.record_paid(caller, rows).await.map_err(|error| match error {
            // Rows are counted from 1, lines of the file after its header.
            Error::Invalid(faults) => Error::Invalid(
                faults
                    .into_iter()
                    .map(|fault| Fault { line: fault.line.map(|line| line + 1), ..fault })
                    .collect(),
            ),
            other => other,
        })
    }
}

fn shown(text: &str) -> Phrase {
    Phrase::literal(display_text(text))
}

/// What is wrong with a row.
fn checked(row: &PaidByHand, now: Millis) -> Option<FieldError> {
    let range = |field: &str, value: i64, high: i64| {
        let expected = Phrase::new(format!("1 to {high}"), format!("1 到 {high}"));
        (!(1..=high).contains(&value))
            .then(|| FieldError::new(field, expected, Phrase::literal(value.to_string())))
    };
    let text = |field: &str, value: &str| {
        let expected = Phrase::new(
            format!("1 to {TEXT_BYTES_MAX} bytes"),
            format!("1 到 {TEXT_BYTES_MAX} 字节，不能为空"),
        );
        let fits = (1..=TEXT_BYTES_MAX).contains(&value.trim().len()) && !value.contains('\0');
        (!fits).then(|| FieldError::new(field, expected, shown(value)))
    };
    let optional = |field: &str, value: Option<&str>| value.and_then(|value| text(field, value));
    let future = || {
        let expected = Phrase::new("a time that is past", "已经过去的时间");
        (row.at > now || row.at.0 < 0)
            .then(|| FieldError::new("at", expected, Phrase::literal(row.at.to_rfc3339())))
    };
    range("fen", row.fen.0, AMOUNT_FEN_MAX)
        .or_else(|| row.quantity.and_then(|quantity| range("quantity", quantity, QUANTITY_MAX)))
        .or_else(|| text("product", row.product.as_str()))
        .or_else(|| optional("sku", row.sku.as_ref().map(SkuId::as_str)))
        .or_else(|| optional("venue", row.venue.as_deref()))
        .or_else(|| optional("order", row.order.as_deref()))
        .or_else(|| text("evidence", &row.evidence))
        .or_else(future)
}

fn entry(row: PaidByHand, caller: &Caller) -> NewEntry {
    let venue = row.venue.unwrap_or_else(|| MAIN_ROOM.0.to_owned());
    let sku = row.sku.as_ref().map(SkuId::as_str);
    let (source, source_id) = match &row.order {
        // An order that a show delivers as well is one row.
        Some(order) => (ORDER_SOURCE, source_id(&venue, order, row.product.as_str(), sku)),
        None => {
            let (product, sku, at) = (&row.product, sku.unwrap_or_default(), row.at.0);
            ("manual", format!("{venue}/{product}/{sku}/{at}/{}/{}", row.fen.0, row.evidence))
        }
    };
    NewEntry {
        at: row.at,
        source: source.to_owned(),
        source_id,
        product: row.product,
        sku: row.sku,
        venue,
        kind: Kind::Paid,
        fen: row.fen,
        until: None,
        quantity: Some(row.quantity.unwrap_or(1)),
        order: row.order,
        evidence: Some(row.evidence),
        by: Some(caller.person()),
        by_name: caller.name(),
    }
}

/// The rows of a CSV.
fn read_csv(text: &str) -> Result<Vec<PaidByHand>, Error> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let header = reader.headers().map_err(|_| unreadable(1))?.clone();
    if let Some(unknown) = header.iter().find(|name| !COLUMNS.contains(name)) {
        let names = COLUMNS.join(", ");
        let expected = Phrase::new(format!("columns of {names}"), format!("表头只能是：{names}"));
        return Err(one_fault(1, FieldError::new("header", expected, shown(unknown))));
    }
    let mut rows = Vec::new();
    let mut faults = Vec::new();
    for (line, record) in (2..).zip(reader.records()) {
        let record = record.map_err(|_| unreadable(line))?;
        let cell = |name: &str| {
            let place = header.iter().position(|column| column == name)?;
            record.get(place).filter(|cell| !cell.is_empty())
        };
        match row_of(cell) {
            Ok(row) => rows.push(row),
            Err(error) => faults.push(Fault { line: Some(line), error }),
        }
    }
    if faults.is_empty() { Ok(rows) } else { Err(Error::Invalid(faults)) }
}

fn one_fault(line: u64, error: FieldError) -> Error {
    Error::Invalid(vec![Fault { line: Some(line), error }])
}

fn unreadable(line: u64) -> Error {
    let expected = Phrase::new("a line of a CSV in UTF-8", "UTF-8 编码的 CSV 行");
    one_fault(line, FieldError::new("line", expected, Phrase::new("something else", "无法识别")))
}

fn row_of<'a>(cell: impl Fn(&str) -> Option<&'a str>) -> Result<PaidByHand, FieldError> {
    let wrong = |field: &str, en: &'static str, zh: &'static str| {
        FieldError::new(field, Phrase::new(en, zh), shown(cell(field).unwrap_or_default()))
    };
    let fen = match (cell("fen"), cell("price_yuan")) {
        (Some(fen), None) => fen.parse().map_err(|_| wrong("fen", "a whole number of fen", "整数（分）"))?,
        (None, Some(yuan)) => fen_of_yuan(yuan)
            .ok_or_else(|| wrong("price_yuan", "yuan such as 129.00", "金额（元），如 129.00"))?,
        _ => return Err(wrong("fen", "either fen or price_yuan", "fen 与 price_yuan 填且只填一项")),
    };
    let at = cell("at").unwrap_or_default();
    let at = match at.parse() {
        Ok(ms) => Millis(ms),
        Err(_) => Millis::parse_rfc3339(at).map_err(|_| {
            wrong("at", "a time such as 2026-06-18T20:00:00+08:00", "时间，如 2026-06-18T20:00:00+08:00")
        })?,
    };
    let quantity = cell("quantity").map(str::parse).transpose();
    Ok(PaidByHand {
        product: ProductId(cell("product").unwrap_or_default().to_owned()),
        sku: cell("sku").map(SkuId::from),
        venue: cell("venue").map(str::to_owned),
        at,
        fen: Fen(fen),
        quantity: quantity.map_err(|_| wrong("quantity", "a whole number", "整数"))?,
        order: cell("order").map(str::to_owned),
        evidence: cell("evidence").unwrap_or_default().to_owned(),
    })
}

/// `129`, `129.5` and `129.50` as fen.
fn fen_of_yuan(text: &str) -> Option<i64> {
    let (yuan, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if yuan.is_empty() || !digits(yuan) || !digits(fraction) || fraction.len() > 2 {
        return None;
    }
    let fen: i64 = format!("{fraction:0<2}").parse().ok()?;
    yuan.parse::<i64>().ok()?.checked_mul(100)?.checked_add(fen)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yuan_are_read_without_a_float() {
        for (text, fen) in
            [("129", Some(12_900)), ("129.5", Some(12_950)), ("0.09", Some(9)), ("129.", Some(12_900))]
        {
            assert_eq!(fen_of_yuan(text), fen, "{text}");
        }
        for text in ["", ".5", "-1", "1.234", "1e3", "１２９", "99999999999999999999"] {
            assert_eq!(fen_of_yuan(text), None, "{text}");
        }
    }

    #[test]
    fn every_wrong_line_of_a_csv_is_named_with_its_field() {
        let text = "\u{feff}product,at,price_yuan,evidence\np1,2026-06-18T20:00:00+08:00,129.00,收据 7\np1,yesterday,129.00,x\np1,1781784000000,\"1,29\",x\n";
        let Err(Error::Invalid(faults)) = read_csv(text) else { panic!("it has faults") };
        let found: Vec<_> = faults.iter().map(|fault| (fault.line, fault.error.field.as_str())).collect();
        assert_eq!(found, [(Some(3), "at"), (Some(4), "price_yuan")]);
        let whole =
            read_csv("product,at,fen,quantity,order,evidence\np1,1781784000000,12900,2,o1,x\n").unwrap();
        assert_eq!(
            (whole[0].fen, whole[0].quantity, whole[0].order.as_deref()),
            (Fen(12_900), Some(2), Some("o1"))
        );
        let Err(Error::Invalid(faults)) = read_csv("product,price\np1,1\n") else {
            panic!("an unknown column")
        };
        assert_eq!(faults[0].line, Some(1));
    }
}
