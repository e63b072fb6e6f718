//! What a notice may say. What stood in a wrong field is not repeated, because anything may stand in a wrong field.

use std::collections::BTreeSet;

use livehand_kernel::{Fen, Millis, Phrase};

use super::{Notice, State};

/// Most lines of one order.
pub const LINES_MAX: usize = 100;
/// Most refunds in one notice.
const REFUNDS_MAX: usize = 100;
/// Most units of one line.
const QUANTITY_MAX: i64 = 1_000_000;
/// Most money of one order: ten million yuan.
const FEN_MAX: i64 = 1_000_000_000;
/// Longest name of a platform, in bytes.
const PLATFORM_BYTES_MAX: usize = 16;
/// Longest number of an order, in bytes; with the platform it is the id of a delivery.
const NUMBER_BYTES_MAX: usize = 40;
/// Longest other id, in bytes.
const ID_BYTES_MAX: usize = 96;

/// A field that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeFault {
    /// Which, such as `lines[2].quantity`.
    pub field: String,
    /// What it must be.
    pub expected: Phrase,
}

/// Whether a text can be an id that stands in URLs, logs and the audit trail: visible ASCII, and no telephone number.
pub fn is_plain_id(text: &str, bytes_max: usize) -> bool {
    let signs = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':');
    let digits = text.strip_prefix("86").filter(|rest| rest.len() == 11).unwrap_or(text);
    let is_mobile = digits.len() == 11
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && digits.starts_with('1')
        && !matches!(digits.as_bytes().get(1), Some(b'0'..=b'2'));
    !text.is_empty() && text.len() <= bytes_max && text.chars().all(signs) && !is_mobile
}

impl Notice {
    /// Checks everything that can be checked without looking anywhere. Nothing may have happened later than `now`.
    ///
    /// # Errors
    /// Every field that cannot be used.
    pub fn check(&self, now: Millis) -> Result<(), Vec<NoticeFault>> {
        let mut faults = Vec::new();
        let mut wrong = |fails: bool, field: &str, en: &'static str, zh: &'static str| {
            if fails {
                faults.push(NoticeFault { field: field.to_owned(), expected: Phrase::new(en, zh) });
            }
        };
        let id = |text: &str| is_plain_id(text, ID_BYTES_MAX);
        let fen = |fen: Option<Fen>| fen.is_none_or(|fen| (0..=FEN_MAX).contains(&fen.0));
        wrong(!id(&self.id), "id", "an id of letters and digits", "由字母和数字组成的编号");
        wrong(
            !is_plain_id(&self.platform, PLATFORM_BYTES_MAX) || self.platform.contains(':'),
            "platform",
            "the name of a platform, such as douyin",
            "平台名称，如 douyin",
        );
        wrong(
            !is_plain_id(&self.number, NUMBER_BYTES_MAX),
            "number",
            "the number of the order, which is no telephone number",
            "订单号（不能是手机号）",
        );
        wrong(self.reached.is_empty(), "state", "a state with its time", "状态及其时间");
        for (state, at) in &self.reached {
            let field = format!("{}_at", state.code());
            wrong(*at > now || at.0 <= 0, &field, "a time that has come", "不晚于现在的时间");
        }
        wrong(self.lines.len() > LINES_MAX, "lines", "at most 100 lines", "最多 100 行");
        let mut ids = BTreeSet::new();
        for (n, line) in self.lines.iter().take(LINES_MAX).enumerate() {
            let field = |name: &str| format!("lines[{n}].{name}");
            let fresh = ids.insert(line.id.as_str());
            wrong(!id(&line.id) || !fresh, &field("id"), "an id, each once", "行编号，不重复");
            wrong(!id(line.sku.as_str()), &field("sku"), "the id of a SKU", "规格编号");
            let product = line.product.as_ref().is_none_or(|product| id(product.as_str()));
            wrong(!product, &field("product"), "the id of a product", "商品编号");
            wrong(
                !(1..=QUANTITY_MAX).contains(&line.quantity),
                &field("quantity"),
                "1 to 1000000",
                "1 到 1000000",
            );
            wrong(!fen(line.paid), &field("paid_fen"), "0 to 1000000000 fen", "0 到 1000000000 分");
        }
        wrong(!fen(self.paid), "paid_fen", "0 to 1000000000 fen", "0 到 1000000000 分");
        wrong(self.refunds.len() > REFUNDS_MAX, "refund", "at most 100 refunds", "最多 100 笔退款");
        let refunds = self.refunds.iter().all(|it| id(&it.id) && fen(it.fen));
        wrong(!refunds, "refund", "an id and an amount", "退款编号与金额");
        let refunded = self.reached.contains_key(&State::Refunded) != self.refunds.is_empty();
        wrong(
            !refunded,
            "refund",
            "a refund exactly where the state is refunded",
            "状态为已退款时才填写退款",
        );
        wrong(
            !self.buyer.as_deref().is_none_or(id),
            "buyer",
            "the platform's id of the buyer",
            "平台的买家编号",
        );
        wrong(!self.show.as_ref().is_none_or(|it| id(it.as_str())), "show", "the id of a show", "场次编号");
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }
}
