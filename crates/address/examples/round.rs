use livehand_address::{divisions::*, parse};
fn main() {
    let d = Divisions::built_in();
    let name = |c: Code| d.get(c).map(|d| d.name).unwrap_or_default();
    let mut bad = [0usize; 6];
    let mut n = [0usize; 6];
    let mut shown = 0;
    for t in d.towns() {
        let Some(county) = d.get(t.county) else { continue };
        let p = name(t.county.province());
        let city = if t.county.in_municipality() {
            String::new()
        } else {
            d.city_of(t.county).map(|c| c.name.to_owned()).unwrap_or_default()
        };
        let k = if county.level == Level::County { county.name } else { "" };
        let variants = [
            format!("{p}{city}{k}{}建设路12号3栋402 张三 13812345678", t.name),
            format!("张三13812345678{p}{city}{k}{}建设路12号3栋402", t.name),
            format!("{city}{k}{}建设路12号3栋402，张三，13812345678", t.name),
            format!("{p} {k} {} 建设路12号3栋402 张三 13812345678", t.name),
            format!("{p}{city}{}建设路12号3栋402 张三 13812345678", t.name),
            format!("{p}/{city}/{k}/建设路12号3栋402 张三 13812345678"),
        ];
        for (i, line) in variants.iter().enumerate() {
            if i == 4
                && !k.is_empty()
                && county.parent.is_some_and(|c| d.get(c).is_some_and(|x| x.level == Level::Province))
                && !t.county.in_municipality()
            {
                continue;
            }
            if k.is_empty() && i == 3 {
                continue;
            }
            n[i] += 1;
            let r = parse(line);
            let ok = r.province.as_deref() == Some(p)
                && (k.is_empty() || r.county.as_deref() == Some(k))
                && r.detail.as_deref() == Some("建设路12号3栋402")
                && r.name.as_deref() == Some("张三")
                && (i == 5 || r.town.as_deref() == Some(t.name));
            let human = r.verdict == livehand_address::Verdict::NeedsHuman;
            if !ok && !(human && i >= 2 && i != 5) {
                bad[i] += 1;
                if shown < 400 && bad[i] < 60 {
                    shown += 1;
                    println!(
                        "{i} {line}\n   {:?} {:?} {:?} {:?} | {:?} {:?} {:?}",
                        r.province, r.city, r.county, r.town, r.detail, r.name, r.defects
                    );
                }
            }
        }
    }
    println!("{n:?} {bad:?}");
}
