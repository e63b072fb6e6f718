//! Spreadsheets of strangers: what well-meant ones say, and that hostile ones are refused while the server goes on.

use std::io::{Cursor, Write};
use std::process::Stdio;

use livehand_tests::api::{Answer, Api, text};
use livehand_tests::program;
use reqwest::Method;
use serde_json::{Value, json};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::Fresh;

const MIB: usize = 1 << 20;

async fn send(api: &Api, name: &str, bytes: impl Into<Vec<u8>>) -> Answer {
    let request = api.request(Method::POST, &format!("/api/v1/sheets?name={name}"));
    api.answer(request.header("content-type", "application/octet-stream").body(bytes.into())).await.unwrap()
}

const SHEET: &str = "618 排品表\n\n讲解顺序,商品ID,商品名称,直播价,备注\n1,\"\t6917926768823643751\",\"四件套,纯棉\",１９９.9,\"主推\n送枕套\"\n2,'6917926768823643768,珊瑚绒睡衣😀,-,A;B\n";

fn workbook_of_the_same() -> Vec<u8> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    let bold = rust_xlsxwriter::Format::new().set_bold();
    sheet.merge_range(0, 0, 0, 4, "618 排品表", &bold).unwrap();
    for (column, name) in (0..).zip(["讲解顺序", "商品ID", "商品名称", "直播价", "备注"]) {
        sheet.write_string(2, column, name).unwrap();
    }
    for (row, id, name, note) in [
        (3, "6917926768823643751", "四件套,纯棉", "主推\n送枕套"),
        (4, "6917926768823643768", "珊瑚绒睡衣😀", "A;B"),
    ] {
        sheet.write_number(row, 0, row - 2).unwrap();
        sheet.write_string(row, 1, id).unwrap();
        sheet.write_string(row, 2, name).unwrap();
        sheet.write_string(row, 4, note).unwrap();
    }
    sheet.write_formula(3, 3, rust_xlsxwriter::Formula::new("=100+99.9").set_result("199.9")).unwrap();
    sheet.write_string(4, 3, "-").unwrap();
    workbook.save_to_buffer().unwrap()
}

/// The texts of an answer: the header, then the rows.
fn texts(sheet: &Value) -> Vec<(u64, Vec<String>)> {
    let row = |row: &Value| {
        let cells = row["cells"].as_array().unwrap().iter().map(|cell| text(cell, "/text")).collect();
        (row["number"].as_u64().unwrap(), cells)
    };
    std::iter::once(&sheet["header"]).chain(sheet["rows"].as_array().unwrap()).map(row).collect()
}

#[tokio::test]
async fn the_same_sheet_says_the_same_however_it_was_saved() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    let without = SHEET.replace('😀', "");
    let tabs = SHEET.replace(',', "\t").replace("四件套\t", "四件套,");
    let expected = send(api, "a.csv", format!("\u{feff}{SHEET}")).await.json();
    assert_eq!(
        (text(&expected, "/format"), text(&expected, "/encoding")),
        ("csv".into(), "UTF-8 (BOM)".into())
    );
    assert_eq!((&expected["header"]["number"], &expected["row_count"]), (&json!(3), &json!(2)));
    assert_eq!(texts(&expected)[1].1, ["1", "6917926768823643751", "四件套,纯棉", "199.9", "主推\n送枕套"]);
    for (bytes, name, encoding) in [
        (encoding_rs::GBK.encode(&without).0.into_owned(), "a.csv", "GBK"),
        (encoding_rs::GB18030.encode(SHEET).0.into_owned(), "a.csv", "GB18030"),
        (tabs.into_bytes(), "a.tsv", "UTF-8"),
        (workbook_of_the_same(), "a.xlsx", ""),
    ] {
        let read = send(api, name, bytes).await.json();
        assert_eq!(text(&read, "/encoding"), encoding, "{read}");
        let mut rows = texts(&read);
        if encoding == "GBK" {
            rows[2].1[2].push('😀');
        }
        assert_eq!(rows, texts(&expected), "{name} in {encoding}");
    }
    let book = send(api, "a.xlsx", workbook_of_the_same()).await.json();
    assert_eq!(book["rows"][0]["cells"][3]["kind"], "formula");
    let notes = book["notes"].as_array().unwrap();
    let formula = notes.iter().find(|note| note["code"] == "formula").unwrap();
    assert_eq!(text(formula, "/text"), "Column D from row 4: 1 formulas; their last results were taken.");
    assert_eq!(send(api, "a.csv&sheet=Sheet9", workbook_of_the_same()).await.code(), "sheet_unknown");
    assert_eq!(
        texts(&send(api, "a.csv&sheet=Sheet1", workbook_of_the_same()).await.json()),
        texts(&expected)
    );
}

fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A workbook whose worksheet is given as XML, and more parts.
fn workbook(sheet: &str, more: &[(&str, &[u8])]) -> Vec<u8> {
    let types = br#"<Types><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>"#;
    let root = br#"<Relationships><Relationship Id="r" Type="http://x/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
    let links = br#"<Relationships><Relationship Id="r" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="s" Type="http://x/sharedStrings" Target="sharedStrings.xml"/></Relationships>"#;
    let book = br#"<workbook><sheets><sheet name="1" sheetId="1" r:id="r"/></sheets></workbook>"#;
    let mut parts: Vec<(&str, &[u8])> = vec![
        ("[Content_Types].xml", types),
        ("_rels/.rels", root),
        ("xl/workbook.xml", book),
        ("xl/_rels/workbook.xml.rels", links),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ];
    parts.extend(more);
    archive(&parts)
}

fn rows(cells: &str) -> String {
    format!("<worksheet><dimension ref=\"A1:XFD1048576\"/><sheetData>{cells}</sheetData></worksheet>")
}

/// Bytes that look like nothing.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 618_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    (0..length).map(|_| next()).collect()
}

/// Hostile files, with the code of the refusal, and its row and column.
type Hostile = (&'static str, Vec<u8>, &'static str, Option<u64>, &'static str);

fn hostile() -> Vec<Hostile> {
    let one = "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row>";
    let entity = "<!DOCTYPE sst [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><sst><si><t>&x;</t></si></sst>";
    let laughs = format!(
        "<!DOCTYPE w [<!ENTITY a \"{}\"><!ENTITY b \"&a;&a;&a;&a;\">]>{}",
        "ha".repeat(99),
        rows(one)
    );
    let zeros = vec![b'0'; 60 * MIB];
    let sparse = "<row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row>";
    let whole = workbook(&rows("<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>"), &[]);
    let ole = |stream: &str| {
        let name: Vec<u8> = stream.encode_utf16().flat_map(u16::to_le_bytes).collect();
        [&b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"[..], &[0; 2_000], &name, &[0; 2_000]].concat()
    };
    let cell = format!("<row r=\"1\"><c r=\"A1\"><v>{}</v></c></row>", "9".repeat(10 * MIB));
    vec![
        ("a million rows", "行\n".repeat(1_000_000).into(), "sheet_rows", Some(20_001), "file"),
        (
            "a sheet that claims 17 billion cells",
            workbook(&rows(sparse), &[]),
            "sheet_columns",
            Some(1_048_576),
            "XFD",
        ),
        ("a zip bomb", workbook(&rows(""), &[("xl/media/a.png", &zeros)]), "sheet_inflates", None, "file"),
        (
            "a zip bomb of cells",
            workbook(&rows(&"<row></row>".repeat(6_000_000)), &[]),
            "sheet_inflates",
            None,
            "file",
        ),
        (
            "a million columns",
            workbook(&rows(&format!("<row>{}</row>", "<c><v>1</v></c>".repeat(1_000_000))), &[]),
            "sheet_columns",
            Some(1),
            "BM",
        ),
        ("a million columns of text", "x,".repeat(1_000_000).into(), "sheet_columns", Some(1), "BM"),
        ("a row without an end", "x".repeat(5_000_000).into(), "sheet_cell", Some(1), "A"),
        (
            "an external entity",
            workbook(&rows(one), &[("xl/sharedStrings.xml", entity.as_bytes())]),
            "sheet_doctype",
            None,
            "file",
        ),
        ("a billion laughs", workbook(&laughs, &[]), "sheet_doctype", None, "file"),
        ("a cell of 10 MiB", workbook(&rows(&cell), &[]), "sheet_cell", Some(1), "A"),
        (
            "an archive in the archive",
            workbook(&rows(one), &[("xl/embeddings/a.bin", &whole)]),
            "sheet_nested",
            None,
            "file",
        ),
        ("half an archive", whole[..whole.len() / 2].to_vec(), "sheet_damaged", None, "file"),
        ("an archive of nothing", archive(&[]), "sheet_format", None, "file"),
        ("noise", noise(100_000), "sheet_encoding", Some(1), "file"),
        ("noise in an archive", [&whole[..200], &noise(100_000)].concat(), "sheet_damaged", None, "file"),
        (
            "neither UTF-8 nor GBK",
            b"\xc4\xe3\xba\xc3,1\n\xff\xff\xff,2\n".to_vec(),
            "sheet_encoding",
            Some(2),
            "file",
        ),
        ("a password", ole("EncryptedPackage"), "sheet_password", None, "file"),
        ("an old Excel", ole("Workbook"), "sheet_old_excel", None, "file"),
        ("macros", workbook(&rows(one), &[("xl/vbaProject.bin", b"x")]), "sheet_macros", None, "file"),
        (
            "another file's prices",
            workbook(&rows("<row r=\"7\"><c r=\"D7\"><f>[1]A!A1</f><v>1</v></c></row>"), &[]),
            "sheet_external",
            Some(7),
            "D",
        ),
        (
            "a formula that was never calculated",
            workbook(&rows("<row r=\"7\"><c r=\"D7\"><f>A1*2</f></c></row>"), &[]),
            "sheet_formula",
            Some(7),
            "D",
        ),
        ("nothing", Vec::new(), "sheet_empty", None, "file"),
    ]
}

/// The most memory that a process ever held, MiB.
fn high_water(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse::<u64>().ok().map(|kib| kib / 1024)
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_sheets_are_refused_and_the_server_goes_on_within_its_memory() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    let pid = fresh.server.pid().unwrap();
    assert_eq!(send(api, "a.csv", SHEET).await.status, 200);
    let before = high_water(pid).unwrap();
    for (what, bytes, code, row, field) in hostile() {
        assert!(bytes.len() < 5 * MIB, "{what} has {} bytes", bytes.len());
        let (refused, alive) = tokio::join!(send(api, "a.xlsx", bytes), api.get("/healthz"));
        assert_eq!((refused.status, refused.code().as_str()), (422, code), "{what}: {}", refused.json());
        assert_eq!(refused.header("content-type"), "application/problem+json", "{what}");
        let problem = refused.json();
        assert_eq!(problem["errors"][0]["line"].as_u64(), row, "{what}: {problem}");
        assert_eq!(text(&problem, "/errors/0/field"), field, "{what}: {problem}");
        assert!(text(&problem, "/detail").is_ascii(), "{what}: English was asked for: {problem}");
        assert_eq!(alive.unwrap().status, 200, "{what}");
    }
    let large = api.request(Method::POST, "/api/v1/sheets").body(vec![b'x'; 10 * MIB]);
    let large = api.answer(large).await;
    assert!(large.is_err() || large.is_ok_and(|answer| answer.code() == "too_large"));
    let after = high_water(pid).unwrap();
    assert!(after - before < 64, "from {before} to {after} MiB");
    assert_eq!(texts(&send(api, "a.csv", SHEET).await.json())[1].0, 4, "and then it reads on");
    assert_eq!(fresh.server.errors().unwrap(), "", "no reader broke");
}

/// The processes that a server has started.
fn children(of: u32) -> Vec<u32> {
    let of_parent = |entry: std::fs::DirEntry| {
        let pid: u32 = entry.file_name().to_str()?.parse().ok()?;
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let (_, fields) = stat.rsplit_once(") ")?;
        let mut fields = fields.split(' ');
        let (state, parent) = (fields.next()?, fields.next()?);
        // One that has ended and was not looked at yet holds nothing.
        (state != "Z" && parent.parse() == Ok(of)).then_some(pid)
    };
    std::fs::read_dir("/proc").unwrap().filter_map(Result::ok).filter_map(of_parent).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_sheets_are_read_at_once_within_their_memory_and_a_crowd_is_told_to_come_back() {
    const UPLOADS: usize = 16;
    let fresh = Fresh::start().await;
    let pid = fresh.server.pid().unwrap();
    // Long enough to be in one another's way, and short enough for a machine that is busy with a build.
    let head: Vec<String> = (0..16).map(|n| format!("列{n}")).collect();
    let long = format!("{}\n{}", head.join(","), format!("{}\n", ["7"; 16].join(",")).repeat(19_999));
    let mut uploads = tokio::task::JoinSet::new();
    for _ in 0..UPLOADS {
        let (api, bytes) = (fresh.operator.clone(), long.clone());
        uploads.spawn(async move { send(&api, "long.csv", bytes).await });
    }
    let (mut read, mut most, mut memory) = (0, 0, 0);
    while !uploads.is_empty() {
        let readers = children(pid);
        most = most.max(readers.len());
        memory = memory.max(readers.into_iter().filter_map(high_water).max().unwrap_or(0));
        let waited = tokio::time::timeout(std::time::Duration::from_millis(10), uploads.join_next()).await;
        let Ok(Some(answer)) = waited else { continue };
        let answer = answer.unwrap();
        match answer.status {
            200 => {
                assert_eq!(answer.json()["row_count"], 19_999);
                read += 1;
            }
            503 => {
                assert_eq!((answer.code().as_str(), answer.header("retry-after")), ("sheet_busy", "5"));
            }
            status => panic!("{status}: {}", answer.json()),
        }
    }
    assert!((2..UPLOADS).contains(&read), "{read} of {UPLOADS} were read");
    assert!((1..=2).contains(&most), "{most} at once");
    assert!((16..256).contains(&memory), "{memory} MiB");
    assert!(children(pid).is_empty());
}

#[tokio::test]
async fn whoever_hangs_up_leaves_no_reader_behind() {
    let fresh = Fresh::start().await;
    let pid = fresh.server.pid().unwrap();
    let slow = workbook(&rows(&"<row></row>".repeat(4_000_000)), &[]);
    let sending = send(&fresh.operator, "a.xlsx", slow);
    let watching = async {
        while children(pid).is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        answer = sending => panic!("{}", answer.status),
        () = watching => {}
    }
    let gone = tokio::time::timeout(std::time::Duration::from_secs(5), async {
        while !children(pid).is_empty() {
            tokio::task::yield_now().await;
        }
    });
    assert!(gone.await.is_ok(), "the reader goes on for nobody");
}

/// Starts a reader as the server does, but in a shell that has less memory for it.
async fn reader_with(memory_kib: u32, input: &[u8]) -> std::process::Output {
    use tokio::io::AsyncWriteExt;
    let binary = program::binary().unwrap();
    let script = format!("ulimit -v {memory_kib}; exec \"$0\" read-sheet");
    let mut command = tokio::process::Command::new("sh");
    command.args(["-c", &script]).arg(binary).env_clear().env("MIMALLOC_ARENA_RESERVE", "0");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let (_, output) = tokio::join!(
        async move {
            let _ = stdin.write_all(input).await;
        },
        child.wait_with_output()
    );
    output.unwrap()
}

/// With how much memory a reader just starts: what the program itself takes, which grows with it.
async fn least_memory_mib() -> u32 {
    let (mut too_little, mut enough) = (16, 256);
    while enough - too_little > 1 {
        let between = u32::midpoint(too_little, enough);
        // It was asked nothing, and says so.
        let starts = reader_with(between * 1024, b"").await.status.code() == Some(1);
        (too_little, enough) = if starts { (too_little, between) } else { (between, enough) };
    }
    enough
}

#[tokio::test]
async fn a_reader_gives_itself_limits_and_fails_alone_when_they_are_passed() {
    let mut command = tokio::process::Command::new(program::binary().unwrap());
    command.arg("read-sheet").env_clear().env("MIMALLOC_ARENA_RESERVE", "0").kill_on_drop(true);
    // It may write no file, so what it says must not go to one.
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let pid = child.id().unwrap();
    let limits = || std::fs::read_to_string(format!("/proc/{pid}/limits")).unwrap();
    // It waits for the file from then on.
    let limited = tokio::time::timeout(std::time::Duration::from_secs(30), async {
        while !limits()
            .lines()
            .any(|line| line.starts_with("Max core file size        0                    0 "))
        {
            tokio::task::yield_now().await;
        }
    });
    limited.await.unwrap();
    let limit = |name: &str| {
        let limits = limits();
        let line = limits.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.split_whitespace().take(2).map(|limit| limit.parse().unwrap()).collect::<Vec<u64>>()
    };
    assert_eq!(limit("Max address space"), [256 << 20, 256 << 20]);
    assert_eq!(limit("Max cpu time"), [10, 10]);
    assert_eq!(limit("Max file size"), [0, 0]);
    assert_eq!(limit("Max open files"), [3, 3]);
    drop(child.stdin.take());
    assert_eq!(child.wait().await.unwrap().code(), Some(1), "it was asked nothing");

    let asked = b"{\"name\":\"a.csv\",\"sheet\":null}\n";
    let input = [&asked[..], format!("{}\n", ["7"; 64].join(",")).repeat(20_000).as_bytes()].concat();
    let enough = reader_with(256 * 1024, &input).await;
    assert!(enough.status.success(), "{}", String::from_utf8_lossy(&enough.stderr));
    // Where an allocation fails the reader aborts; where it was asked for in a way that can fail it says so. Either way it is
    // the reader alone that ends.
    let least = least_memory_mib().await;
    for memory_mib in [least + 4, least + 2] {
        let too_little = reader_with(memory_mib * 1024, &input).await;
        let said = String::from_utf8_lossy(&too_little.stderr).into_owned();
        assert!(!too_little.status.success() && said.contains("memory"), "{:?}: {said}", too_little.status);
    }
    let unasked = program::run(["read-sheet"]).await.unwrap();
    assert_eq!(unasked.status.code(), Some(1), "without the allocator's setting no limit would hold");
}

#[tokio::test]
async fn what_is_exported_comes_back_as_it_was() {
    let fresh = Fresh::start().await;
    let api = &fresh.operator;
    for (id, name, price, link) in
        [("6917926768823643751", "=HYPERLINK(\"http://x\")", 1_990, 1), ("p2", "纯棉四件套", 268_000_000, 2)]
    {
        let product = json!({ "id": id, "name": name, "price_fen": price, "link_number": link });
        api.done("/api/v1/products", product).await.unwrap();
    }
    let csv = api.get("/api/v1/export/products.csv").await.unwrap();
    let expected = send(api, "products.csv", csv.body).await.json();
    assert_eq!(texts(&expected)[1].1, ["6917926768823643751", "1", "=HYPERLINK(\"http://x\")", "19.90"]);
    let gbk = api.get("/api/v1/export/products.csv?encoding=gbk").await.unwrap();
    assert_eq!(gbk.header("content-type"), "text/csv; charset=gbk");
    let gbk = send(api, "products.csv", gbk.body).await.json();
    assert_eq!((text(&gbk, "/encoding"), texts(&gbk)), ("GBK".into(), texts(&expected)));
    let xlsx = api.get("/api/v1/export/products.xlsx").await.unwrap();
    assert!(xlsx.header("content-type").ends_with("spreadsheetml.sheet"), "{}", xlsx.header("content-type"));
    let xlsx = send(api, "products.xlsx", xlsx.body).await.json();
    let mut rows = texts(&xlsx);
    assert_eq!((&*rows[1].1[3], &*rows[2].1[3]), ("19.9", "2680000"), "prices are numbers");
    (rows[1].1[3], rows[2].1[3]) = ("19.90".to_owned(), "2680000.00".to_owned());
    assert_eq!(rows, texts(&expected));
    assert_eq!(
        (text(&xlsx, "/name"), &xlsx["notes"]),
        ("products".into(), &json!([])),
        "no formula is among them"
    );
    let unknown = api.get("/api/v1/export/products.csv?encoding=big5").await.unwrap();
    assert_eq!(unknown.status, 422);
    assert_eq!(api.get("/api/v1/export/products.xls").await.unwrap().status, 404);
}

#[tokio::test]
async fn the_command_line_says_what_it_understands_and_what_is_wrong() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let good = path("排品.csv", &encoding_rs::GB18030.encode(SHEET).0);
    let output = program::run(["sheet", &good]).await.unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}");
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines[0], "CSV, GB18030, separated by comma");
    assert_eq!(lines[1], "row 3 names 5 columns, 2 rows below it");
    assert_eq!(lines[4], "     4  A=1  B=6917926768823643751  C=四件套,纯棉  D=199.9  E=主推 送枕套");
    let all = program::run(["sheet", &good, "--json"]).await.unwrap();
    let all: Value = serde_json::from_slice(&all.stdout).unwrap();
    assert_eq!(
        (text(&all, "/source/encoding"), text(&all, "/rows/3/cells/2")),
        ("gb18030".into(), "珊瑚绒睡衣😀".into())
    );
    for (bytes, said) in [
        (
            &b"a,b\n1,=SUM(A1)\n"[..],
            "row 2, column B: a formula that was never calculated (=SUM(A1)); expected",
        ),
        (&noise(1_000), "row 1: bytes that are no text"),
        (&vec![b'x'; 6 * MIB], "a file that is too large; expected at most 5 MiB"),
    ] {
        let output = program::run(["sheet", &path("bad.csv", bytes)]).await.unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(error.contains(said), "{error}");
    }
}
