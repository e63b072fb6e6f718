//! Exports of shops (订单导出): which column is what, and what the rows of an order say together. Columns are found by their
//! names, never by their places: every shop chooses and orders them itself.

use std::collections::BTreeMap;

use livehand_kernel::{Fen, Millis, Phrase, ProductId, SkuId};

use super::{Line, Notice, Refund, State, is_plain_id};

/// A column that is understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Column {
    Order,
    Sub,
    Product,
    Sku,
    Quantity,
    Due,
    Status,
    AfterSale,
    Created,
    Paid,
    Shipped,
    Completed,
    Closed,
    Name,
    Phone,
    Province,
    City,
    County,
    Town,
    Street,
    Remark,
    Buyer,
}

/// Names of columns as exports of several shops have them.
const NAMES: &[(Column, &[&str])] = &[
    (Column::Order, &["主订单编号", "订单编号", "订单号", "主订单号", "order"]),
    (Column::Sub, &["子订单编号", "子订单号", "商品单号"]),
    (Column::Product, &["商品ID", "商品id", "商品编号"]),
    (Column::Sku, &["商家编码", "SKU编码", "规格编码", "商品编码", "货号", "sku"]),
    (Column::Quantity, &["商品数量", "购买数量", "数量", "quantity"]),
    (Column::Due, &["订单应付金额", "实付金额", "买家实付金额", "买家应付货款", "实收金额"]),
    (Column::Status, &["订单状态", "status"]),
    (Column::AfterSale, &["售后状态", "退款状态"]),
    (Column::Created, &["订单提交时间", "下单时间", "订单创建时间", "创建时间"]),
    (Column::Paid, &["支付完成时间", "支付时间", "付款时间", "订单付款时间"]),
    (Column::Shipped, &["发货时间"]),
    (Column::Completed, &["订单完成时间", "完成时间", "确认收货时间"]),
    (Column::Closed, &["订单关闭时间", "关闭时间", "取消时间"]),
    (Column::Name, &["收件人", "收货人", "收货人姓名", "收件人姓名"]),
    (Column::Phone, &["收件人手机号", "收货人手机号", "联系手机", "手机号", "联系电话"]),
    (Column::Province, &["省", "省份"]),
    (Column::City, &["市", "城市"]),
    (Column::County, &["区", "区县", "区/县"]),
    (Column::Town, &["街道", "乡镇", "街道/乡镇"]),
    (Column::Street, &["详细地址", "收货地址", "收件地址"]),
    (Column::Remark, &["买家留言"]),
    (Column::Buyer, &["买家ID", "买家编号", "用户ID"]),
];

/// Columns without which nothing is understood.
const NEEDED: [Column; 3] = [Column::Order, Column::Status, Column::Created];

/// States by the words of exports.
const STATUSES: &[(&str, State)] = &[
    ("待支付", State::Created),
    ("待付款", State::Created),
    ("等待买家付款", State::Created),
    ("待发货", State::Paid),
    ("备货中", State::Paid),
    ("已支付", State::Paid),
    ("已付款", State::Paid),
    ("部分发货", State::Paid),
    ("已发货", State::Shipped),
    ("待收货", State::Shipped),
    ("卖家已发货", State::Shipped),
    ("已完成", State::Completed),
    ("已收货", State::Completed),
    ("交易成功", State::Completed),
    ("已关闭", State::Closed),
    ("已取消", State::Closed),
    ("交易关闭", State::Closed),
];

/// How encrypted cells begin.
const SEALED: [&str; 3] = ["##", "$$", "~"];

/// Which column of a sheet is what.
#[derive(Clone, Debug)]
pub struct Columns(BTreeMap<Column, usize>);

/// A cell that cannot be used; what stood there is not repeated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellFault {
    /// Row of the sheet.
    pub row: u32,
    /// Place of its column, from 0.
    pub column: usize,
    /// What it must be.
    pub expected: Phrase,
}

/// To whom an order goes, as the export has it. It cannot be printed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Whom {
    /// Name.
    pub name: String,
    /// Telephone number.
    pub phone: String,
    /// Province, city, county and town.
    pub region: String,
    /// Street and door.
    pub street: String,
    /// What the buyer wrote.
    pub remark: String,
}

/// What the rows of one order say together.
pub struct Read {
    /// The first of its rows.
    pub row: u32,
    /// What they say; its id is left to whoever delivers it.
    pub notice: Notice,
    /// To whom it goes; nothing where the export hides it.
    pub whom: Option<Whom>,
}

/// A row of a sheet: its number, and its cells as they are meant.
pub type SheetRow<'a> = (u32, Vec<&'a str>);

impl Columns {
    /// Finds the columns by the cells of the header.
    ///
    /// # Errors
    /// The names of what is missing, each with its usual name.
    pub fn find(header: &[&str]) -> Result<Self, Vec<&'static str>> {
        let mut found = BTreeMap::new();
        for (column, names) in NAMES {
            // The first name that any column bears, because the first is the most exact.
            let place = names.iter().find_map(|name| header.iter().position(|cell| same_name(cell, name)));
            found.extend(place.map(|place| (*column, place)));
        }
        let missing = NEEDED.iter().filter(|column| !found.contains_key(column));
        let missing: Vec<_> = missing.filter_map(|column| usual_name(*column)).collect();
        if missing.is_empty() { Ok(Self(found)) } else { Err(missing) }
    }

    /// The orders of a sheet, and the cells that cannot be used. Of an order with such a cell nothing is taken.
    pub fn orders(&self, platform: &str, rows: &[SheetRow<'_>]) -> (Vec<Read>, Vec<CellFault>) {
        let (mut groups, mut places) = (Vec::<(&str, Vec<&SheetRow<'_>>)>::new(), BTreeMap::new());
        let mut faults = Vec::new();
        for row in rows {
            let number = self.cell(row, Column::Order);
            if number.is_empty() {
                // A row of sums below the orders has no number, and often little else.
                if !self.cell(row, Column::Status).is_empty() {
                    faults.push(self.fault(row, Column::Order, "the number of the order", "订单编号"));
                }
                continue;
            }
            let place = *places.entry(number).or_insert(groups.len());
            match groups.get_mut(place) {
                Some((_, rows)) => rows.push(row),
                None => groups.push((number, vec![row])),
            }
        }
        let mut read = Vec::with_capacity(groups.len());
        for (number, rows) in groups {
            match self.order(platform, number, &rows) {
                Ok(order) => read.push(order),
                Err(wrong) => faults.extend(wrong),
            }
        }
        (read, faults)
    }

    fn order(&self, platform: &str, number: &str, rows: &[&SheetRow<'_>]) -> Result<Read, Vec<CellFault>> {
        let mut notice = Notice {
            id: String::new(),
            platform: platform.to_owned(),
            number: number.to_owned(),
            reached: BTreeMap::new(),
            lines: Vec::new(),
            paid: None,
            refunds: Vec::new(),
            buyer: None,
            show: None,
            whom: false,
        };
        let (mut faults, mut closed, mut due) = (Vec::new(), 0, Some(0));
        for row in rows {
            match self.row(row, &mut notice) {
                Ok((state, fen)) => {
                    closed += usize::from(state == State::Closed);
                    due = due.zip(fen).map(|(due, fen)| due + fen);
                }
                Err(fault) => faults.push(fault),
            }
        }
        // What was paid is said of the order where an export says it of several lines together.
        if notice.lines.iter().any(|line| line.paid.is_none()) {
            notice.paid = due.map(Fen);
        }
        // One line of several that was given up closes no order.
        if closed < rows.len() {
            notice.reached.remove(&State::Closed);
        }
        if !notice.refunds.is_empty() {
            let at = notice.at();
            notice.reached.entry(State::Refunded).or_insert(at);
        }
        let buyer = rows.iter().map(|row| self.cell(row, Column::Buyer)).find(|it| is_plain_id(it, 96));
        notice.buyer = buyer.map(str::to_owned);
        let whom = rows.iter().find_map(|row| self.whom(row));
        notice.whom = whom.is_some();
        let row = rows.first().map_or(0, |(row, _)| *row);
        if faults.is_empty() { Ok(Read { row, notice, whom }) } else { Err(faults) }
    }

    /// Takes one row into the notice; the state that it stands for, and what is due for it.
    fn row(&self, row: &SheetRow<'_>, notice: &mut Notice) -> Result<(State, Option<i64>), CellFault> {
        let word = self.cell(row, Column::Status);
        let known = STATUSES.iter().find(|(name, _)| *name == word).map(|(_, state)| *state);
        let state = known.ok_or_else(|| {
            self.fault(
                row,
                Column::Status,
                "a status such as 待发货",
                "订单状态，如待发货、已发货、已完成、已关闭",
            )
        })?;
        let mut latest = None;
        let columns = [
            (Column::Created, State::Created),
            (Column::Paid, State::Paid),
            (Column::Shipped, State::Shipped),
            (Column::Completed, State::Completed),
            (Column::Closed, State::Closed),
        ];
        for (column, reached) in columns {
            let text = self.cell(row, column);
            if text.is_empty() {
                continue;
            }
            let at = time(text).ok_or_else(|| {
                self.fault(row, column, "a time such as 2026-06-18 20:00:00", "时间，如 2026-06-18 20:00:00")
            })?;
            latest = latest.max(Some(at));
            let first = notice.reached.entry(reached).or_insert(at);
            *first = (*first).min(at);
        }
        let latest = latest
            .ok_or_else(|| self.fault(row, Column::Created, "the time of the order", "订单提交时间"))?;
        // Where an export has no time for a state it was reached when the last thing that it tells of happened.
        notice.reached.entry(state).or_insert(latest);
        Ok((state, self.lines(row, notice)?))
    }

    /// The lines of a row: one, or several that the export joined with semicolons. What is due for them, fen.
    fn lines(&self, row: &SheetRow<'_>, notice: &mut Notice) -> Result<Option<i64>, CellFault> {
        let code = if self.cell(row, Column::Sku).is_empty() { Column::Product } else { Column::Sku };
        let skus = parts(self.cell(row, code));
        let named = if code == Column::Sku { self.cell(row, Column::Product) } else { "" };
        let products: Vec<&str> = parts(named).into_iter().filter(|it| is_plain_id(it, 96)).collect();
        let subs = parts(self.cell(row, Column::Sub));
        let quantities = parts(self.cell(row, Column::Quantity));
        let due = money(self.cell(row, Column::Due)).map_err(|NoAmount| {
            self.fault(row, Column::Due, "an amount in yuan such as 129.00", "金额（元），如 129.00")
        })?;
        let refunded = self.cell(row, Column::AfterSale).contains("退款成功");
        for (n, sku) in skus.iter().enumerate() {
            let quantity = match quantities.get(n).or_else(|| quantities.first()) {
                None => 1,
                Some(text) => {
                    text.parse().map_err(|_| self.fault(row, Column::Quantity, "a whole number", "整数"))?
                }
            };
            let id = subs.get(n).map_or_else(|| sku_id(notice, sku), |sub| (*sub).to_owned());
            let paid = due.filter(|_| skus.len() == 1).map(Fen);
            let product = products.get(n).map(|product| ProductId::from(*product));
            notice.lines.push(Line { id, sku: SkuId::from(*sku), product, quantity, paid });
        }
        if refunded {
            let id = subs.first().or(skus.first()).map_or_else(|| "all".to_owned(), |id| (*id).to_owned());
            notice.refunds.push(Refund { id, fen: due.map(Fen) });
        }
        Ok(due)
    }

    fn whom(&self, row: &SheetRow<'_>) -> Option<Whom> {
        let cell = |column| self.cell(row, column);
        let hidden = |text: &str| SEALED.iter().any(|sign| text.starts_with(sign));
        let (name, phone, street) = (cell(Column::Name), cell(Column::Phone), cell(Column::Street));
        if name.is_empty() || [name, phone, street].into_iter().any(hidden) {
            return None;
        }
        let region = [Column::Province, Column::City, Column::County, Column::Town].map(cell).concat();
        let remark = Some(cell(Column::Remark)).filter(|text| !hidden(text)).unwrap_or_default();
        let [name, phone, street, remark] = [name, phone, street, remark].map(str::to_owned);
        Some(Whom { name, phone, region, street, remark })
    }

    /// What stands in a column; exports write `-` where there is nothing.
    fn cell<'a>(&self, (_, cells): &SheetRow<'a>, column: Column) -> &'a str {
        let text = self.0.get(&column).and_then(|place| cells.get(*place)).map_or("", |text| text.trim());
        if matches!(text, "-" | "—" | "--" | "/") { "" } else { text }
    }

    fn fault(
        &self,
        (row, _): &SheetRow<'_>,
        column: Column,
        en: &'static str,
        zh: &'static str,
    ) -> CellFault {
        let column = self.0.get(&column).copied().unwrap_or(0);
        CellFault { row: *row, column, expected: Phrase::new(en, zh) }
    }
}

/// The id of a line whose sub-order is not known: its SKU, and its place where a SKU comes twice.
fn sku_id(notice: &Notice, sku: &str) -> String {
    let same = notice.lines.iter().filter(|line| line.sku.as_str() == sku).count();
    if same == 0 { sku.to_owned() } else { format!("{sku}.{}", same + 1) }
}

fn usual_name(column: Column) -> Option<&'static str> {
    NAMES.iter().find(|(known, _)| *known == column).and_then(|(_, names)| names.first().copied())
}

/// Whether a cell of the header bears a name; some shops write two names with a bar between them, or a unit behind.
fn same_name(cell: &str, name: &str) -> bool {
    let bare = |text: &str| {
        let text = text.trim().trim_end_matches("（元）").trim_end_matches("(元)");
        text.eq_ignore_ascii_case(name)
    };
    cell.split('|').any(bare)
}

fn parts(text: &str) -> Vec<&str> {
    text.split([';', '；']).map(str::trim).filter(|part| !part.is_empty() && *part != "-").collect()
}

/// A text that is no amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct NoAmount;

/// An amount as exports write it, in fen: `129.00`, `¥1,299.5`; nothing for an empty cell.
fn money(text: &str) -> Result<Option<i64>, NoAmount> {
    let text = text.trim_start_matches(['¥', '￥']).replace(',', "");
    if text.is_empty() {
        return Ok(None);
    }
    let (yuan, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let fraction = fraction.trim_end_matches('0');
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if yuan.is_empty() || yuan.len() > 10 || fraction.len() > 2 || !digits(yuan) || !digits(fraction) {
        return Err(NoAmount);
    }
    let fen: i64 = format!("{fraction:0<2}").parse().map_err(|_| NoAmount)?;
    Ok(Some(yuan.parse::<i64>().map_err(|_| NoAmount)? * 100 + fen))
}

/// A time as exports write it, on Chinese clocks: `2026-06-18 20:00:00`, `2026/6/18 20:00`.
fn time(text: &str) -> Option<Millis> {
    let text = text.replace('/', "-");
    let (date, clock) = text.split_once(' ').unwrap_or((&text, "00:00:00"));
    let date: Vec<&str> = date.split('-').collect();
    let [year, month, day] = date.as_slice() else { return None };
    let clock = clock.trim().split('.').next().unwrap_or_default();
    let clock: Vec<&str> = clock.split(':').collect();
    let (hour, minute, second) = match clock.as_slice() {
        [hour, minute] => (*hour, *minute, "00"),
        [hour, minute, second] => (*hour, *minute, *second),
        _ => return None,
    };
    Millis::parse_rfc3339(&format!("{year}-{month:0>2}-{day:0>2}T{hour:0>2}:{minute:0>2}:{second:0>2}+08:00"))
        .ok()
}

#[cfg(test)]
mod tests;
