//! Benchmarks.
use std::io::BufRead;
fn main() -> anyhow::Result<()> {
    let file = std::env::args().nth(1).unwrap_or_default();
    let mut reader = std::io::BufReader::with_capacity(1 << 20, std::fs::File::open(file)?);
    let mut fold = livehand_live::table::TableFold::new("x");
    let mut rest = Vec::new();
    loop {
        let buffer = reader.fill_buf()?;
        if buffer.is_empty() {
            break;
        }
        let end = buffer.iter().rposition(|b| *b == b'\n').map_or(0, |end| end + 1);
        if end == 0 {
            rest.clear();
            reader.read_until(b'\n', &mut rest)?;
            fold.take_lines(&rest, |_, line| livehand_live::Event::parse_line(line).ok());
            continue;
        }
        fold.take_lines(&buffer[..end], |_, line| livehand_live::Event::parse_line(line).ok());
        reader.consume(end);
    }
    println!("{}", fold.table(None, 60).digest()?);
    Ok(())
}
