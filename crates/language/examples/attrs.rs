use livehand_language::{attributes::Attributes, read};
fn main() {
    let text = std::fs::read_to_string(std::env::args().nth(1).unwrap()).unwrap();
    for line in text.lines() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        let t = row["text"].as_str().unwrap();
        let a = Attributes::of(&read(t));
        let strings = |v: &serde_json::Value| -> Vec<String> {
            v.as_array()
                .unwrap()
                .iter()
                .map(|s| s.as_str().unwrap().trim_end_matches('色').to_owned())
                .collect()
        };
        let mut c: Vec<String> = a.colours.iter().map(|s| s.trim_end_matches('色').to_owned()).collect();
        c.sort();
        let mut gc = strings(&row["colors"]);
        gc.sort();
        let mut s = a.sizes.clone();
        s.sort();
        let mut gs = strings(&row["sizes"]);
        gs.sort();
        if a.link.map(u64::from) != row["link"].as_u64() {
            println!("LINK {t} {:?} {}", a.link, row["link"]);
        }
        if c != gc {
            println!("COL {t} {c:?} {gc:?}");
        }
        if s != gs {
            println!("SIZE {t} {s:?} {gs:?}");
        }
        if a.height_cm.map(f64::from) != row["height_cm"].as_f64() {
            println!("H {t} {:?} {}", a.height_cm, row["height_cm"]);
        }
        if a.weight_kg.map(f64::from) != row["weight_kg"].as_f64() {
            println!("W {t} {:?} {}", a.weight_kg, row["weight_kg"]);
        }
    }
}
