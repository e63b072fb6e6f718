//! The library as a sheet, out and in: which header means what, and how a row is written and read. What goes out and comes
//! in again changes nothing.

use livehand_kernel::{FaqId, Millis, Phrase};

use super::answer;
use super::check::SHORT_CHARS_MAX;
use super::entry::{Entry, Level, Scope, ScopeOf, State};
use super::fault::{Fault, LineFault};
use super::plan::{Incoming, Patch};

/// What a column of a sheet means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    /// The id.
    Id,
    /// The question.
    Question,
    /// The words in which it is asked, on lines of their own or with / between.
    Variants,
    /// The answer for the public chat.
    Short,
    /// The answer in full.
    Long,
    /// An answer of which nobody said which it is: for the public chat if it fits.
    Answer,
    /// For what it holds.
    Scope,
    /// How far the answer may go without a person.
    Level,
    /// What bears it out.
    Evidence,
    /// From when on it holds.
    ValidFrom,
    /// When it no longer holds.
    ValidUntil,
    /// Its concepts.
    Concepts,
    /// Where it stands.
    State,
}

/// Every column that is written, in order.
pub const COLUMNS: &[Column] = &[
    Column::Id,
    Column::Question,
    Column::Variants,
    Column::Short,
    Column::Long,
    Column::Scope,
    Column::Level,
    Column::Evidence,
    Column::ValidFrom,
    Column::ValidUntil,
    Column::Concepts,
    Column::State,
];

impl Column {
    /// Its code, that of the entry's field.
    pub fn code(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Question => "question",
            Self::Variants => "variants",
            Self::Short => "short",
            Self::Long => "long",
            Self::Answer => "answer",
            Self::Scope => "scope",
            Self::Level => "level",
            Self::Evidence => "evidence",
            Self::ValidFrom => "valid_from",
            Self::ValidUntil => "valid_until",
            Self::Concepts => "concepts",
            Self::State => "state",
        }
    }

    /// Its header.
    pub fn header(self) -> &'static str {
        self.aliases().first().copied().unwrap_or_default()
    }

    /// Headers by which it is known; the first is written.
    fn aliases(self) -> &'static [&'static str] {
        match self {
            Self::Id => &["编号", "ID", "条目编号", "话术编号", "FAQ编号"],
            Self::Question => {
                &["标准问题", "问题", "常见问题", "标准问", "主问题", "标题", "意图", "question", "Q"]
            }
            Self::Variants => &[
                "问法",
                "口语问法",
                "相似问",
                "相似问法",
                "变体",
                "关键词",
                "触发词",
                "扩展问",
                "variants",
                "keywords",
            ],
            Self::Short => &["公屏短答", "短答", "公屏回复", "简短回复", "快捷回复", "answer_short", "short"],
            Self::Long => {
                &["完整答复", "长答", "详细回复", "详细答案", "口播话术", "话术", "answer_long", "long"]
            }
            Self::Answer => &["答案", "回复", "回答", "答复", "回复内容", "回复文本", "answer", "reply", "A"],
            Self::Scope => &["适用范围", "范围", "适用商品", "scope"],
            Self::Level => &["自动级别", "级别", "自动回复级别", "auto_level", "level"],
            Self::Evidence => &["依据", "证据", "凭证", "来源", "evidence", "evidence_ref"],
            Self::ValidFrom => &["生效时间", "开始时间", "生效日期", "valid_from"],
            Self::ValidUntil => &["失效时间", "有效期至", "结束时间", "失效日期", "到期时间", "valid_until"],
            Self::Concepts => &["概念", "主题", "标签", "concepts", "concept"],
            Self::State => &["状态", "state", "status"],
        }
    }
}

/// What a header means; absent if it means nothing to the library.
pub fn guess_column(header: &str) -> Option<Column> {
    let name = plain(header);
    let all = COLUMNS.iter().copied().chain([Column::Answer]);
    all.into_iter().find(|column| column.aliases().iter().any(|alias| plain(alias) == name))
}

/// A header without white space, stars, brackets and the case of its letters.
fn plain(header: &str) -> String {
    let end = header.find(['(', '（']).unwrap_or(header.len());
    let kept = header.get(..end).unwrap_or_default().chars();
    kept.filter(|c| !c.is_whitespace() && !matches!(c, '*' | '＊' | '_' | '\u{feff}'))
        .flat_map(char::to_lowercase)
        .collect()
}

/// A row with the cells that mean something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SheetRow<'a> {
    /// As the sheet counts, from 1.
    pub number: u32,
    /// What stands in the columns that there are, also where it is empty.
    pub cells: Vec<(Column, &'a str)>,
}

/// What a row says of an entry.
///
/// # Errors
/// What is wrong in its cells, by the codes of their columns.
pub fn read_row(row: &SheetRow<'_>) -> Result<Incoming, Vec<LineFault>> {
    let (mut patch, mut id, mut faults) = (Patch::default(), None, Vec::new());
    for (column, cell) in &row.cells {
        let text = unquoted(cell.trim());
        let done = match column {
            Column::Id => {
                id = (!text.is_empty()).then(|| FaqId(text.clone()));
                Ok(())
            }
            Column::Answer => {
                put_answer(&mut patch, text);
                Ok(())
            }
            _ => put(&mut patch, *column, text),
        };
        faults.extend(done.err().map(|fault| fault.at(row.number)));
    }
    if patch.question.as_deref().unwrap_or_default().is_empty() {
        patch.question = patch.variants.as_ref().and_then(|variants| variants.first().cloned());
    }
    if faults.is_empty() {
        Ok(Incoming { line: row.number, id, patch, adds_variants: false })
    } else {
        Err(faults)
    }
}

fn put(patch: &mut Patch, column: Column, text: String) -> Result<(), Fault> {
    match column {
        Column::Question => patch.question = Some(text),
        Column::Variants => patch.variants = Some(items(&text)),
        Column::Short => patch.short = Some(text),
        Column::Long => patch.long = Some(text),
        Column::Scope => patch.scope = Some(read_scope(&text)?),
        Column::Level => patch.level = read_level(&text)?,
        Column::Evidence => patch.evidence = Some(text),
        Column::ValidFrom => patch.valid_from = Some(read_moment("valid_from", &text, false)?),
        Column::ValidUntil => patch.valid_until = Some(read_moment("valid_until", &text, true)?),
        Column::Concepts => patch.concepts = Some(items(&text)),
        Column::State => patch.state = read_state(&text)?,
        Column::Id | Column::Answer => {}
    }
    Ok(())
}

/// Where a sheet has one answer only, it goes where it fits.
fn put_answer(patch: &mut Patch, text: String) {
    if answer::shown_chars(&text) <= SHORT_CHARS_MAX && patch.short.is_none() {
        patch.short = Some(text);
    } else if patch.long.is_none() {
        patch.long = Some(text);
    }
}

/// A cell without the apostrophe that an export writes before what looks like a formula.
fn unquoted(cell: &str) -> String {
    const SIGNS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
    let line = |line: &str| match line.strip_prefix('\'') {
        Some(rest) if rest.trim_start().starts_with(SIGNS) => rest.to_owned(),
        _ => line.to_owned(),
    };
    cell.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// Stands on a line of its own below a single text that has a separator in it, by which it is told from a list.
const ALONE: &str = ";";

/// The items of a list: on lines of their own, else with the strongest of the other separators between them.
fn items(text: &str) -> Vec<String> {
    let separators: [&[char]; 4] = [&['\n'], &['；', ';', '|', '｜'], &['/', '／'], &['、', '，', ',']];
    let found = separators.into_iter().find(|separators| text.contains(*separators));
    let pieces: Vec<&str> = found.map_or_else(|| vec![text], |separators| text.split(separators).collect());
    pieces
        .into_iter()
        .map(str::trim)
        .filter(|piece| !piece.is_empty() && *piece != ALONE)
        .map(str::to_owned)
        .collect()
}

fn read_level(text: &str) -> Result<Option<Level>, Fault> {
    if text.is_empty() {
        return Ok(None);
    }
    let letter = text.trim_end_matches('级').trim().to_ascii_uppercase();
    let level = Level::from_code(&letter);
    let wrong = || Fault::quoting("level", Phrase::new("A, B or C", "A、B 或 C"), text);
    level.ok_or_else(wrong).map(Some)
}

fn state_zh(state: State) -> &'static str {
    match state {
        State::Draft => "草稿",
        State::Active => "启用",
        State::Retired => "停用",
    }
}

fn read_state(text: &str) -> Result<Option<State>, Fault> {
    if text.is_empty() {
        return Ok(None);
    }
    let found = State::ALL.iter().copied().find(|state| state_zh(*state) == text || state.code() == text);
    let expected = || Phrase::new("草稿, 启用 or 停用", "草稿、启用或停用");
    found.ok_or_else(|| Fault::quoting("state", expected(), text)).map(Some)
}

/// `全部`, `类目:服饰`, `商品:p1、p4`.
fn read_scope(text: &str) -> Result<Scope, Fault> {
    let (of, ids) = text.split_once([':', '：']).unwrap_or((text, ""));
    let of = of.trim();
    let named = |kind: &&ScopeOf| kind.zh() == of || kind.code() == of;
    let kind = if of.is_empty() { Some(&ScopeOf::All) } else { ScopeOf::ALL.iter().find(named) };
    let ids = items(ids);
    match kind {
        Some(kind) if (*kind == ScopeOf::All) == ids.is_empty() => Ok(Scope { of: *kind, ids }),
        _ => {
            let expected = Phrase::new(
                "全部, or 类目, 商品, 规格 or 场次 with ids behind it, as in 商品:p1、p4",
                "“全部”，或“类目/商品/规格/场次:编号”，如 商品:p1、p4",
            );
            Err(Fault::quoting("scope", expected, text))
        }
    }
}

fn show_scope(scope: &Scope) -> String {
    match scope.of {
        ScopeOf::All => ScopeOf::All.zh().to_owned(),
        of => format!("{}:{}", of.zh(), listed(&scope.ids)),
    }
}

/// `2026-06-18`, `2026/6/18` or `2026年6月18日`, with `20:00` behind it or not, in Shanghai; a day alone ends with its end.
fn read_moment(field: &str, text: &str, is_end: bool) -> Result<Option<Millis>, Fault> {
    if text.is_empty() {
        return Ok(None);
    }
    let wrong = || {
        let expected =
            Phrase::new("a day or time such as 2026-06-18 20:00", "日期或时间，如 2026-06-18 20:00");
        Fault::quoting(field, expected, text)
    };
    moment(text, is_end).ok_or_else(wrong).map(Some)
}

fn moment(text: &str, is_end: bool) -> Option<Millis> {
    let plain = text.replace(['年', '月', '/', '.'], "-").replace('日', " ");
    let mut parts = plain.split_whitespace();
    let mut numbers = parts.next()?.split('-').map(|part| part.parse::<u16>().ok());
    let (year, month, day) = (numbers.next()??, numbers.next()??, numbers.next()??);
    let mut clock = parts.next().unwrap_or("0:0").split(':').map(|part| part.parse::<u16>().ok());
    let (hour, minute) = (clock.next()??, clock.next()??);
    if numbers.next().is_some() || parts.next().is_some() {
        return None;
    }
    let instant = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:00+08:00");
    let at = Millis::parse_rfc3339(&instant).ok()?;
    let whole_day = is_end && !text.contains(':');
    Some(if whole_day { at.shanghai_midnight(1) } else { at })
}

/// An entry as a row, in the order of [`COLUMNS`].
pub fn row_of(entry: &Entry) -> Vec<String> {
    let time = |at: Option<Millis>| at.map(Millis::shanghai_minute).unwrap_or_default();
    let cell = |column: &Column| match column {
        Column::Id => entry.id.0.clone(),
        Column::Question => entry.question.clone(),
        Column::Variants => listed(&entry.variants),
        Column::Short => entry.short.clone(),
        Column::Long => entry.long.clone(),
        Column::Scope => show_scope(&entry.scope),
        Column::Level => entry.level.code().to_owned(),
        Column::Evidence => entry.evidence.clone(),
        Column::ValidFrom => time(entry.valid_from),
        Column::ValidUntil => time(entry.valid_until),
        Column::Concepts => listed(&entry.concepts),
        Column::State => state_zh(entry.state).to_owned(),
        Column::Answer => String::new(),
    };
    COLUMNS.iter().map(cell).collect()
}

/// A list on lines of its own.
fn listed(texts: &[String]) -> String {
    match texts {
        [one] if items(one).len() > 1 => format!("{one}\n{ALONE}"),
        _ => texts.join("\n"),
    }
}

#[cfg(test)]
mod tests {
    use livehand_kernel::PersonId;

    use super::super::plan::plan;
    use super::*;

    fn entry() -> Entry {
        Entry {
            id: FaqId::from("f1"),
            question: "什么时候发货".into(),
            variants: vec!["多久发".into(), "几天/发货".into()],
            short: "{宝宝/家人}，{{ship_by}}发出".into(),
            long: "现货 48 小时内\n预售看页面".into(),
            scope: Scope { of: ScopeOf::Product, ids: vec!["p1".into(), "p,4".into()] },
            level: Level::A,
            evidence: "=发货规则".into(),
            valid_from: Some(Millis(1_781_784_000_000)),
            valid_until: Some(Millis(1_781_870_400_000)),
            concepts: vec!["发货时效".into()],
            state: State::Active,
            version: 2,
            ..Entry::blank(PersonId::from("p1"))
        }
    }

    #[test]
    fn what_goes_out_comes_in_again_as_no_change() {
        let one =
            Entry { id: FaqId::from("f2"), question: "问".into(), variants: vec!["a/b".into()], ..entry() };
        let library = [entry(), one];
        let written: Vec<Vec<String>> = library.iter().map(row_of).collect();
        let rows: Vec<Incoming> = (2..)
            .zip(&written)
            .map(|(number, cells)| {
                let cells = COLUMNS.iter().copied().zip(cells.iter().map(String::as_str)).collect();
                read_row(&SheetRow { number, cells }).unwrap()
            })
            .collect();
        let plan = plan(&Entry::blank(PersonId::from("p2")), &rows, &library);
        assert_eq!((plan.same.as_slice(), plan.changed.len()), ([2, 3].as_slice(), 0), "{:?}", plan.changed);
    }

    #[test]
    fn headers_are_known_by_many_names() {
        for (header, column) in [
            ("*标准问题", Column::Question),
            ("相似问（一行一个）", Column::Variants),
            ("回复", Column::Answer),
            ("auto_level", Column::Level),
            ("有效期至", Column::ValidUntil),
            (" 公屏短答 ", Column::Short),
        ] {
            assert_eq!(guess_column(header), Some(column), "{header}");
        }
        assert_eq!(guess_column("库存"), None);
        for column in COLUMNS {
            assert_eq!(guess_column(column.header()), Some(*column));
            assert_eq!(guess_column(column.code()), Some(*column));
        }
    }

    #[test]
    fn cells_are_read_as_people_write_them() {
        let row = SheetRow {
            number: 7,
            cells: vec![
                (Column::Variants, "多久发/几天发"),
                (Column::Answer, "'=48小时内发"),
                (Column::Level, "a级"),
                (Column::Scope, "类目：服饰、美妆"),
                (Column::ValidFrom, "2026年6月18日 20:00"),
                (Column::ValidUntil, "2026/6/18"),
                (Column::State, ""),
            ],
        };
        let read = read_row(&row).unwrap().patch;
        assert_eq!(read.question.as_deref(), Some("多久发"));
        assert_eq!(read.short.as_deref(), Some("=48小时内发"));
        assert_eq!((read.level, read.state), (Some(Level::A), None));
        assert_eq!(read.scope.unwrap().ids, ["服饰", "美妆"]);
        assert_eq!(read.valid_from.flatten().unwrap().shanghai_minute(), "2026-06-18 20:00");
        assert_eq!(read.valid_until.flatten().unwrap().shanghai_minute(), "2026-06-19 00:00");
        let long = "字".repeat(46);
        let row = SheetRow { number: 7, cells: vec![(Column::Question, "问"), (Column::Answer, &long)] };
        assert_eq!(read_row(&row).unwrap().patch.long, Some(long));
    }

    #[test]
    fn what_cannot_be_read_is_named_by_row_and_column() {
        let cells = vec![
            (Column::Level, "D"),
            (Column::Scope, "商品"),
            (Column::ValidUntil, "明天"),
            (Column::State, "好"),
        ];
        let faults = read_row(&SheetRow { number: 9, cells }).unwrap_err();
        let named: Vec<&str> = faults.iter().map(|at| at.fault.field.as_str()).collect();
        assert_eq!(named, ["level", "scope", "valid_until", "state"]);
        assert!(faults.iter().all(|at| at.line == 9));
    }
}
