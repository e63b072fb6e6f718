//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use livehand_compliance::wording::{Goods, Place};
use livehand_kernel::Hat;

use crate::commands::lint;

/// 直播间助理: the control room for live commerce.
#[derive(Debug, Parser)]
#[command(
    version,
    about = "Livehand (直播间助理): the control room for live commerce",
    after_help = "First steps:\n  livehand demo                       watch a made-up show being run\n  livehand serve                      start for real; prints a one-time sign-in link\n  \
        livehand import show.xml --show 周三场   look back on a recording\n\nExit codes: 0 done, 1 failed, 2 wrong usage, 3 done but something was left out,\n4 the data directory is in use, 5 the data is damaged, 70 the disk failed."
)]
pub struct Cli {
    /// What is logged to the standard error output, such as info or livehand_rooms=debug.
    #[arg(long, global = true, env = "LIVEHAND_LOG", value_name = "FILTER")]
    pub log: Option<String>,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// Where the data is.
#[derive(Clone, Debug, Args)]
pub struct DataArgs {
    /// Data directory; made if it is not there.
    #[arg(long, env = "LIVEHAND_DATA", default_value = "livehand-data", value_name = "DIR")]
    pub data: PathBuf,
}

/// What to check, and by which rules.
#[derive(Debug, Args)]
pub struct LintArgs {
    /// The file; - for the standard input.
    pub file: PathBuf,
    /// Where the text will stand: script, faq, reply, prompter, overlay, title, coupon_name or warm_up.
    #[arg(long, default_value = "script", value_parser = lint::place)]
    pub place: Place,
    /// What it is about: apparel, beauty, baby, food, electronics, jewellery, home or other.
    #[arg(long, value_parser = lint::goods)]
    pub category: Option<Goods>,
    /// There is evidence for what it says.
    #[arg(long)]
    pub evidence: bool,
    /// A rule pack instead of the built-in one.
    #[arg(long, value_name = "FILE")]
    pub pack: Option<PathBuf>,
    /// Print the verdict as JSON.
    #[arg(long)]
    pub json: bool,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Start the server.
    Serve {
        #[command(flatten)]
        data: DataArgs,
        /// Address to listen on; loopback unless told otherwise [default: 127.0.0.1:7311]
        #[arg(long, value_name = "ADDRESS:PORT")]
        listen: Option<SocketAddr>,
    },
    /// Play a made-up 618 show in a temporary directory, with an audience and a crew.
    Demo {
        /// Address to listen on.
        #[arg(long, default_value = "127.0.0.1:7311", value_name = "ADDRESS:PORT")]
        listen: SocketAddr,
        /// Viewers at the peak.
        #[arg(long, default_value_t = 800, value_parser = clap::value_parser!(u32).range(1..=100_000))]
        viewers: u32,
        /// The same seed gives the same audience.
        #[arg(long, default_value_t = 618)]
        seed: u64,
    },
    /// Import a recording: BililiveRecorder XML, Livehand NDJSON, or a Douyin collector's JSON lines; gzip is unpacked.
    Import {
        /// The file.
        file: PathBuf,
        /// Title of the new show, or the id of one that an import left open.
        #[arg(long, value_name = "TITLE|ID")]
        show: String,
        /// Leave the show open, to import more into it.
        #[arg(long)]
        keep_open: bool,
        #[command(flatten)]
        data: DataArgs,
    },
    /// Play a show again, faster; the cockpit follows.
    Replay {
        /// Id of a show, or a part of its title that no other has.
        show: String,
        /// How many times faster.
        #[arg(long, default_value_t = 1.0, value_name = "TIMES", value_parser = speed)]
        speed: f64,
        #[command(flatten)]
        data: DataArgs,
    },
    /// Fold a recording without a server and print the state as JSON.
    Fold {
        /// The file, in any format that `import` reads.
        file: PathBuf,
        /// Print the metric table (spec lc-metrics-1) and its digest instead, for comparing engines.
        #[arg(long)]
        table: bool,
        /// Minutes of the table.
        #[arg(long, default_value_t = 60, requires = "table", value_parser = clap::value_parser!(u32).range(1..=2_880))]
        minutes: u32,
        /// Say on the standard error output how fast it went and how much it took.
        #[arg(long, requires = "table")]
        stats: bool,
    },
    /// Watch a series of shares for falls, minute by minute, and print what is found as JSON.
    Detect {
        /// CSV with the columns minute, of, with; a line without numbers is a minute without data.
        file: PathBuf,
    },
    /// Put the products of a plan in order and print the line-up as JSON, with a bound that no order exceeds.
    Lineup {
        /// JSON: audience by minute, products, limits.
        file: PathBuf,
    },
    /// Check the wording of a text; exit code 1 when something must not be said.
    Lint(LintArgs),
    /// How shipping lines are read, and how well.
    Address {
        /// What to do.
        #[command(subcommand)]
        command: AddressCommand,
    },
    /// How well comments are understood, and why.
    Comments {
        /// What to do.
        #[command(subcommand)]
        command: CommentsCommand,
    },
    /// Send a made-up audience to a server.
    Simulate {
        /// Viewers at the peak.
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..=100_000))]
        viewers: u32,
        /// Minutes that the audience stays.
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1_440))]
        minutes: u32,
        /// The same seed gives the same audience.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// The server, such as http://127.0.0.1:7311
        #[arg(long, value_name = "URL")]
        to: String,
        /// Show id; without it a new show is made.
        #[arg(long)]
        show: Option<String>,
        /// Name of the file that holds the token of an event source link; without it this machine's own is used.
        #[arg(long, value_name = "FILE")]
        token_file: Option<PathBuf>,
        #[command(flatten)]
        data: DataArgs,
    },
    /// Manage the crew.
    User {
        /// What to do.
        #[command(subcommand)]
        command: UserCommand,
    },
    /// Check stock against its movements, or put it right; the server may be running.
    Stock {
        /// What to do.
        #[command(subcommand)]
        command: StockCommand,
    },
    /// Take orders in; the server may be running.
    Orders {
        /// What to do.
        #[command(subcommand)]
        command: OrdersCommand,
    },
    /// Manage the keys that names, numbers and addresses are sealed with; the server may be running.
    Keys {
        /// What to do.
        #[command(subcommand)]
        command: KeysCommand,
    },
    /// Check a data directory: engine, chains, marks.
    Doctor {
        #[command(flatten)]
        data: DataArgs,
        /// Take a log as it is from now on, after you have looked at its gap: a show id, audit, or ledger.
        #[arg(long, value_name = "NAME")]
        accept_gap: Option<String>,
    },
    /// Write a checked copy of the data; the server may be running.
    Backup {
        /// Directory to be made.
        to: PathBuf,
        #[command(flatten)]
        data: DataArgs,
    },
    /// Put a backup in place.
    Restore {
        /// Directory that `backup` made.
        from: PathBuf,
        /// Move data that is there aside instead of refusing.
        #[arg(long)]
        replace: bool,
        #[command(flatten)]
        data: DataArgs,
    },
    /// Show how a spreadsheet is understood: encoding, columns, rows, and what is to be known about its cells.
    Sheet {
        /// The file: CSV in UTF-8, GBK or GB18030, or XLSX.
        file: PathBuf,
        /// The worksheet; the first visible one with something in it if absent.
        #[arg(long, value_name = "NAME")]
        sheet: Option<String>,
        /// Print everything as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Read one spreadsheet from the standard input within narrow limits; the server starts it for each upload.
    #[command(hide = true)]
    ReadSheet,
    /// Print the OpenAPI description of the server.
    Openapi,
}

/// What to do with the crew.
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Add somebody; prints a one-time link.
    Add {
        /// Name.
        name: String,
        /// Hats, such as assistant,floor_director
        #[arg(long, value_delimiter = ',', required = true, value_parser = hat)]
        hats: Vec<Hat>,
        #[command(flatten)]
        data: DataArgs,
    },
}

/// What to do with orders.
#[derive(Debug, Subcommand)]
pub enum OrdersCommand {
    /// Take a shop's export of orders: CSV in UTF-8 or GBK, or XLSX. The same file again changes nothing.
    Import {
        /// The file.
        file: PathBuf,
        /// Where the orders were placed [default: douyin]
        #[arg(long, value_name = "NAME")]
        platform: Option<String>,
        /// The worksheet; the first visible one with something in it if absent.
        #[arg(long, value_name = "NAME")]
        sheet: Option<String>,
        /// Only tell what would become of it.
        #[arg(long)]
        preview: bool,
        #[command(flatten)]
        data: DataArgs,
    },
    /// Make a secret that a source of orders signs its webhook with, and add it to a file.
    Secret {
        /// Name of the source, such as shop.
        source: String,
        /// The file, which the setting `order_secrets` names.
        file: PathBuf,
    },
}

/// What to do with stock.
#[derive(Debug, Subcommand)]
pub enum StockCommand {
    /// Compute the sums again from the movements and print what differs; changes nothing.
    Check {
        /// One SKU only.
        #[arg(long, value_name = "ID")]
        sku: Option<String>,
        #[command(flatten)]
        data: DataArgs,
    },
    /// Write the sums where they are not what the movements give.
    Repair {
        /// One SKU only.
        #[arg(long, value_name = "ID")]
        sku: Option<String>,
        #[command(flatten)]
        data: DataArgs,
    },
}

/// What to do with keys.
#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// Make a key file, which must not be there yet; keep it outside the data directory.
    New {
        /// The file.
        file: PathBuf,
    },
    /// Say which keys there are and what they wrap.
    Status {
        #[command(flatten)]
        data: DataArgs,
    },
    /// Add a key to the file, put it in force, and wrap everything with it; may be stopped and goes on in the server.
    Rotate {
        #[command(flatten)]
        data: DataArgs,
    },
    /// Destroy the keys that wrap nothing any more; older backups can then not be read.
    Retire {
        #[command(flatten)]
        data: DataArgs,
    },
}

/// Slowest and fastest replay; beyond them nobody can follow the cockpit.
const SPEEDS: std::ops::RangeInclusive<f64> = 0.1..=10_000.0;

fn speed(text: &str) -> Result<f64, String> {
    let speed = text.parse().ok().filter(|speed| SPEEDS.contains(speed));
    speed.ok_or_else(|| format!("expected a number from {} to {}", SPEEDS.start(), SPEEDS.end()))
}

fn hat(code: &str) -> Result<Hat, String> {
    Hat::from_code(code).ok_or_else(|| {
        let known: Vec<_> = Hat::ALL.iter().map(|hat| hat.code()).collect();
        format!("expected one of {}", known.join(", "))
    })
}

/// What to do with shipping lines.
#[derive(Debug, clap::Subcommand)]
pub enum AddressCommand {
    /// Read one line: name, phone, divisions, detail, and whether a person must look.
    Parse {
        /// The line, or a chat message with an address.
        line: String,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Count how labelled lines are read.
    Eval {
        /// Lines, one JSON object a line: id, text, verdict, defects and gold with name, phone, phone_ext, province, city,
        /// county, town, devzone, detail.
        #[arg(long, value_name = "FILE")]
        cases: PathBuf,
        /// Where to write what was read, one JSON object a line.
        #[arg(long, value_name = "FILE")]
        predictions: Option<PathBuf>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

/// What to do with comments.
#[derive(Debug, clap::Subcommand)]
pub enum CommentsCommand {
    /// Count what is understood of labelled comments, with any file of questions.
    Eval {
        /// Questions, one JSON object a line: question, answer; id, room, variants, concepts if there are.
        #[arg(long, value_name = "FILE")]
        faq: PathBuf,
        /// Comments, one JSON object a line: id, text; room, intent, intent_alt, faq, faq_alt, link, colors, sizes,
        /// height_cm, weight_kg, hesitation, tier where they are labelled.
        #[arg(long, value_name = "FILE")]
        cases: PathBuf,
        /// Where to write what was understood, one JSON object a line.
        #[arg(long, value_name = "FILE")]
        predictions: Option<PathBuf>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Say what one comment asks, and why.
    Explain {
        /// The comment.
        text: String,
        /// The kind of goods on stage: apparel, beauty, baby, food, electronics, jewellery, home.
        #[arg(long)]
        room: Option<String>,
        /// Questions as for `eval`; those of the program without it.
        #[arg(long, value_name = "FILE")]
        faq: Option<PathBuf>,
    },
    /// Train the model that comes with the program again; the same pack gives the same bytes.
    Train {
        /// Where to write it.
        #[arg(long, value_name = "FILE", default_value = "crates/language/model/language.bin")]
        out: PathBuf,
    },
}
