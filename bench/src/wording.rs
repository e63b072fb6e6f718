//! The wording lint: how fast a script is checked.

use livehand_compliance::wording::{BUILT_IN, Context, Linter, Pack, Place};
use livehand_kernel::Millis;

use crate::cost::{quantile, stopwatch};

/// A script as a host reads it, with a wording to find now and then.
const LINES: &[&str] = &[
    "欢迎第一次来直播间的宝宝，今天给大家带来三款秋冬外套，先看面料再看版型。",
    "这件是羊毛混纺，里面有口袋，洗的时候最好用冷水，不要长时间暴晒。",
    "身高一米六、体重一百一十斤的姐妹拍 M 码，喜欢宽松一点可以拍大一码。",
    "有姐妹问会不会起球，这个我们做过测试，检测报告在商品详情里可以看到。",
    "今天直播价一百九十九，运费险我们来出，四十八小时内发货，七天无理由退换。",
    "这款面霜不是最好的，但它的肤感很舒服，ｚｕｉ低价这样的话我们不说。",
];
/// Characters of the script in the source's account of an assistant's year.
const SCRIPT_CHARS: usize = 8_000;
const ROUNDS: usize = 500;

/// Checks a script again and again, and prints what it took.
pub fn run() -> anyhow::Result<()> {
    let begun = stopwatch();
    let linter = Linter::new(&Pack::parse(BUILT_IN)?)?;
    let made = begun.elapsed();
    let script: String = LINES.iter().cycle().flat_map(|line| line.chars()).take(SCRIPT_CHARS).collect();
    let context =
        Context { place: Place::Script, category: None, at: Millis(1_795_000_000_000), evidence: false };
    let mut times = Vec::with_capacity(ROUNDS);
    let mut hits = 0;
    for _ in 0..ROUNDS {
        let begun = stopwatch();
        hits = linter.check(&script, &context).hits.len();
        times.push(begun.elapsed());
    }
    times.sort_unstable();
    let median = quantile(&times, 0.5);
    let rate = SCRIPT_CHARS as f64 / median.as_secs_f64();
    println!("linter made in {:.1} ms", made.as_secs_f64() * 1e3);
    println!(
        "{SCRIPT_CHARS} characters, {hits} found: {:.3} ms median, {:.3} ms at 99 %, {:.1} million characters/s",
        median.as_secs_f64() * 1e3,
        quantile(&times, 0.99).as_secs_f64() * 1e3,
        rate / 1e6
    );
    Ok(())
}
