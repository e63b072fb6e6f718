use std::io::Write;
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let lines: Vec<serde_json::Value> = std::fs::read_to_string(&args[1])
        .unwrap()
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    livehand_address::parse("广东省广州市");
    let start = std::time::Instant::now();
    let parsed: Vec<_> = lines.iter().map(|l| livehand_address::parse(l["text"].as_str().unwrap())).collect();
    let took = start.elapsed();
    eprintln!("{:.0} lines/s", lines.len() as f64 / took.as_secs_f64());
    let mut out = std::fs::File::create(&args[2]).unwrap();
    for (l, p) in lines.iter().zip(parsed) {
        let mut v = serde_json::to_value(&p).unwrap();
        v["id"] = l["id"].clone();
        writeln!(out, "{v}").unwrap();
    }
}
