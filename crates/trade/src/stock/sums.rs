//! The sums of one SKU, and what each movement does to them.

use livehand_kernel::{FactKey, FactRef, Millis, Phrase, ProductId, SkuId};
use serde::{Deserialize, Serialize};

use super::{Kind, Movement, QUANTITY_MAX, Refused};

/// Share of what is unsold that is held back unless somebody says otherwise, in percent (机动 10 %).
pub const BUFFER_PERCENT_USUAL: i64 = 10;
/// Most units that a SKU's books hold.
const STOCKED_MAX: i64 = QUANTITY_MAX * 1_000;

/// The books of one SKU.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Stock {
    /// Which SKU.
    pub sku: SkuId,
    /// Everything that ever came in, less what was written off (备货).
    pub stocked: i64,
    /// Neither promised nor sold nor held back (可用).
    pub available: i64,
    /// Held for orders (占用).
    pub reserved: i64,
    /// Sold (已售).
    pub sold: i64,
    /// Held back against overselling (机动).
    pub buffer: i64,
    /// The part of what is available that is not in front of the buyers (锁定).
    pub locked: i64,
    /// Share of what is unsold that the buffer is filled up to when goods come in.
    pub buffer_percent: i64,
    /// Number of the last movement; 0 before the first.
    pub version: i64,
    /// When the last movement happened.
    pub at: Millis,
}

/// What a movement did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Applied {
    /// Number of the movement in the books of its SKU, from 1.
    pub version: i64,
    /// How many more are in front of the buyers now; negative for fewer.
    pub shown_change: i64,
}

impl Stock {
    /// Empty books.
    pub fn new(sku: SkuId) -> Self {
        Self {
            sku,
            stocked: 0,
            available: 0,
            reserved: 0,
            sold: 0,
            buffer: 0,
            locked: 0,
            buffer_percent: BUFFER_PERCENT_USUAL,
            version: 0,
            at: Millis(0),
        }
    }

    /// What is in front of the buyers: the number that may be said.
    pub fn shown(&self) -> i64 {
        self.available - self.locked
    }

    /// What lies in the warehouse unsold.
    pub fn on_hand(&self) -> i64 {
        self.available + self.reserved + self.buffer
    }

    /// Whether less is available than the buffer holds, or nothing: time to stop pushing this SKU.
    pub fn is_low(&self) -> bool {
        self.available <= self.buffer
    }

    fn buffer_target(&self) -> i64 {
        self.on_hand() * self.buffer_percent / 100
    }

    fn gain(&mut self, units: i64, locked: bool) {
        self.available += units;
        self.locked += if locked { units } else { 0 };
    }

    /// Units vanish: first what is available, then the buffer, never what somebody was promised.
    fn lose(&mut self, units: i64) -> Result<(), Refused> {
        let free = self.available + self.buffer;
        if units > free {
            return Err(Refused::Promised { sku: self.sku.clone(), lost: units, free });
        }
        let from_available = units.min(self.available);
        self.stocked -= units;
        self.available -= from_available;
        self.buffer -= units - from_available;
        // What the front shows goes first, so that nobody is promised what vanished.
        self.locked = self.locked.min(self.available);
        Ok(())
    }

    fn take_shown(&mut self, wanted: i64) -> Result<(), Refused> {
        let shown = self.shown();
        if wanted > shown {
            return Err(Refused::Short { sku: self.sku.clone(), wanted, shown, locked: self.locked });
        }
        self.available -= wanted;
        Ok(())
    }

    fn take_reserved(&mut self, wanted: i64) -> Result<(), Refused> {
        let reserved = self.reserved;
        if wanted > reserved {
            return Err(Refused::NotReserved { sku: self.sku.clone(), wanted, reserved });
        }
        self.reserved -= wanted;
        Ok(())
    }

    fn set_buffer(&mut self, units: i64, locked: bool) -> Result<(), Refused> {
        let more = units - self.buffer;
        if more > self.available {
            let (sku, available) = (self.sku.clone(), self.available);
            return Err(Refused::BufferShort { sku, wanted: more, available });
        }
        self.buffer = units;
        if more < 0 {
            self.gain(-more, locked);
        } else {
            self.available -= more;
            self.locked = self.locked.min(self.available);
        }
        Ok(())
    }

    fn receive(&mut self, units: i64, locked: bool) {
        self.stocked += units;
        self.available += units;
        let to_buffer = (self.buffer_target() - self.buffer).clamp(0, units);
        self.available -= to_buffer;
        self.buffer += to_buffer;
        self.locked += if locked { units - to_buffer } else { 0 };
    }

    fn moved(&mut self, kind: Kind, units: i64, locked: bool) -> Result<(), Refused> {
        match kind {
            Kind::Received => self.receive(units, locked),
            Kind::Adjusted | Kind::Counted => {
                let change = if kind == Kind::Counted { units - self.on_hand() } else { units };
                if change < 0 {
                    return self.lose(-change);
                }
                self.stocked += change;
                self.gain(change, locked);
            }
            Kind::WrittenOff => self.lose(units)?,
            Kind::Reserved => {
                self.take_shown(units)?;
                self.reserved += units;
            }
            Kind::Unreserved => {
                self.take_reserved(units)?;
                self.available += units;
            }
            Kind::Sold => {
                self.take_shown(units)?;
                self.sold += units;
            }
            Kind::SoldReserved => {
                self.take_reserved(units)?;
                self.sold += units;
            }
            Kind::Returned => {
                if units > self.sold {
                    let (sku, sold) = (self.sku.clone(), self.sold);
                    return Err(Refused::NotSold { sku, wanted: units, sold });
                }
                self.sold -= units;
                self.available += units;
            }
            Kind::BufferSet => self.set_buffer(units, locked)?,
            Kind::BufferShareSet => {
                self.buffer_percent = units;
                self.set_buffer(self.buffer_target().min(self.available + self.buffer), locked)?;
            }
            Kind::Released if units > self.locked => {
                let (sku, locked) = (self.sku.clone(), self.locked);
                return Err(Refused::NotLocked { sku, wanted: units, locked });
            }
            Kind::Released => self.locked -= units,
            Kind::Locked => {
                self.take_shown(units)?;
                self.gain(units, true);
            }
        }
        Ok(())
    }
}

/// Records one movement in the books of its SKU. Duplicates are the business of [`super::Book`], which knows the ids.
///
/// # Errors
/// [`Refused`]; the books are as they were.
pub fn apply(stock: &mut Stock, movement: &Movement) -> Result<Applied, Refused> {
    shift(stock, movement.kind, movement.quantity, movement.locked, movement.at)
}

/// What [`apply`] does, of a movement that is not written out.
pub(crate) fn shift(
    stock: &mut Stock,
    kind: Kind,
    quantity: i64,
    locked: bool,
    at: Millis,
) -> Result<Applied, Refused> {
    let senseless = kind == Kind::Adjusted && quantity == 0;
    if senseless || !kind.quantities().contains(&quantity) {
        return Err(Refused::Quantity { sku: stock.sku.clone(), quantity });
    }
    let mut after = stock.clone();
    after.moved(kind, quantity, locked)?;
    if after.stocked > STOCKED_MAX {
        return Err(Refused::TooMany { sku: stock.sku.clone() });
    }
    after.version += 1;
    after.at = after.at.max(at);
    let shown_change = after.shown() - stock.shown();
    *stock = after;
    Ok(Applied { version: stock.version, shown_change })
}

/// What of a SKU's books does not hold, which is nothing unless they were changed behind the program's back.
pub fn identities(stock: &Stock) -> Vec<Phrase> {
    let mut broken = Vec::new();
    let Stock { stocked, available, reserved, sold, buffer, locked, buffer_percent, .. } = *stock;
    let parts =
        [available, reserved, sold, buffer].iter().try_fold(0_i64, |sum, part| sum.checked_add(*part));
    if parts != Some(stocked) {
        let sum = format!("{available} + {reserved} + {sold} + {buffer}");
        broken.push(Phrase::new(
            format!("stocked {stocked} is not available + reserved + sold + buffer = {sum}"),
            format!("备货 {stocked} 不等于 可用+占用+已售+机动 = {sum}"),
        ));
    }
    for (en, zh, value) in [
        ("stocked", "备货", stocked),
        ("available", "可用", available),
        ("reserved", "占用", reserved),
        ("sold", "已售", sold),
        ("buffer", "机动", buffer),
        ("locked", "锁定", locked),
    ] {
        if value < 0 {
            broken.push(Phrase::new(format!("{en} is {value}"), format!("{zh}为 {value}")));
        }
    }
    if locked > available {
        broken.push(Phrase::new(
            format!("{locked} are locked of {available} available"),
            format!("锁定 {locked} 件，多于可用 {available} 件"),
        ));
    }
    if !(0..=100).contains(&buffer_percent) {
        broken.push(Phrase::new(
            format!("the buffer's share is {buffer_percent} %"),
            format!("机动比例为 {buffer_percent}%"),
        ));
    }
    broken
}

/// The stock figure of a SKU as a fact that can be quoted: its version is the number of the last movement. Nothing can be
/// quoted of a SKU that never moved.
pub fn stock_fact(product: &ProductId, stock: &Stock) -> Option<FactRef> {
    let sku = Some(stock.sku.clone()).filter(|sku| sku.as_str() != product.as_str());
    let fact = FactKey { product: product.clone(), sku, field: "stock".to_owned() };
    (stock.version > 0).then_some(FactRef { fact, version: stock.version })
}
