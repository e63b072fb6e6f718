//! `test`, `check` and `fmt`: what must hold before a change is merged.

use std::ffi::OsString;
use std::process::Command;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};

use crate::postgres::Postgres;
use crate::setup::{self, Machine, Purpose};
use crate::steps::{self, Step};
use crate::{codegen, shell, tidy, web};

/// Address of a PostgreSQL server on which tests may make databases.
const POSTGRES_VARIABLE: &str = "LIVEHAND_TEST_POSTGRES";
/// Which engines the storage tests run on; `all` makes a missing server a failure.
const ENGINES_VARIABLE: &str = "LIVEHAND_TEST_ENGINES";
/// Which browser the browser tests drive.
pub const CHROMIUM_VARIABLE: &str = "CHROMIUM";

#[derive(Args)]
pub struct TestArgs {
    /// Areas to run; all of them unless named.
    #[arg(value_enum)]
    areas: Vec<Area>,
    /// Run the rest after a failure.
    #[arg(long)]
    keep_going: bool,
}

#[derive(Args)]
pub struct CheckArgs {
    /// Run the rest after a failure.
    #[arg(long)]
    keep_going: bool,
}

#[derive(Args)]
pub struct PostgresArgs {
    /// The command.
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    command: Vec<OsString>,
}

/// A part of the tests that can be run alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Area {
    /// Formatting, lints and tests of Rust, rules of the tree, generated files.
    Rust,
    /// Lints, types, tests and build of the console.
    Web,
    /// The program with a real browser.
    Browser,
}

/// What steps hand on to later ones.
#[derive(Default)]
struct Servers {
    postgres: Option<Postgres>,
}

type SuiteStep = (&'static [Area], Step<'static, Servers>);

const STEPS: &[SuiteStep] = &[
    (&[Area::Rust, Area::Web, Area::Browser], Step { name: "setup", action: |_| prepare(Purpose::Test) }),
    (&[Area::Rust], FORMAT),
    (&[Area::Web], WEB_CHECK),
    (&[Area::Web], Step { name: "console tests", action: |_| shell::run(&mut shell::npm_run("test")) }),
    (&[Area::Web, Area::Browser], Step { name: "console build", action: |_| web::build_if_stale() }),
    (&[Area::Rust], CLIPPY),
    (&[Area::Rust], Step { name: "private PostgreSQL", action: start_postgres }),
    (&[Area::Rust], Step { name: "rust tests", action: test_rust }),
    (&[Area::Rust], Step { name: "stop PostgreSQL", action: stop_postgres }),
    (&[Area::Rust], TIDY),
    (&[Area::Rust], Step { name: "generated files", action: |_| codegen::check() }),
    (&[Area::Browser], Step { name: "browser tests", action: test_browser }),
];

const FORMAT: Step<'_, Servers> =
    Step { name: "rust format", action: |_| shell::run(&mut shell::cargo(["fmt", "--all", "--check"])) };
const WEB_CHECK: Step<'_, Servers> =
    Step { name: "console lints and types", action: |_| shell::run(&mut shell::npm_run("check")) };
const CLIPPY: Step<'_, Servers> = Step {
    name: "rust lints",
    action: |_| {
        shell::run(&mut shell::cargo(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))
    },
};
const TIDY: Step<'_, Servers> = Step { name: "rules of the tree", action: |_| tidy::tidy() };

/// Every test and check.
///
/// # Errors
/// A step failed.
pub fn test(args: &TestArgs) -> Result<()> {
    let wanted = |areas: &[Area]| args.areas.is_empty() || areas.iter().any(|area| args.areas.contains(area));
    let steps: Vec<Step<'_, Servers>> = STEPS
        .iter()
        .filter(|(areas, _)| wanted(areas))
        .map(|(_, Step { name, action })| Step { name, action: *action })
        .collect();
    steps::run(&steps, &mut Servers::default(), args.keep_going)
}

/// One command with the server that the tests get.
///
/// # Errors
/// The server does not start, or the command fails.
pub fn with_postgres(args: &PostgresArgs) -> Result<()> {
    let (program, arguments) = args.command.split_first().context("no command is given")?;
    setup::prepare(Purpose::Test)?;
    run_with(&Postgres::start()?, shell::command(program).args(arguments))
}

/// Everything that needs no test to run.
///
/// # Errors
/// A step failed.
pub fn check(args: &CheckArgs) -> Result<()> {
    let setup = Step { name: "setup", action: |_| prepare(Purpose::Demo) };
    steps::run(&[setup, FORMAT, WEB_CHECK, CLIPPY, TIDY], &mut Servers::default(), args.keep_going)
}

/// Formats all sources.
///
/// # Errors
/// A formatter failed.
pub fn fmt() -> Result<()> {
    web::install_if_stale()?;
    shell::run(&mut shell::cargo(["fmt", "--all"]))?;
    shell::run(&mut shell::npm_run("format"))
}

fn prepare(purpose: Purpose) -> Result<()> {
    setup::prepare(purpose)?;
    web::install_if_stale()
}

fn start_postgres(servers: &mut Servers) -> Result<()> {
    servers.postgres = Some(Postgres::start()?);
    Ok(())
}

fn stop_postgres(servers: &mut Servers) -> Result<()> {
    servers.postgres = None;
    Ok(())
}

fn test_rust(servers: &mut Servers) -> Result<()> {
    let postgres = servers.postgres.as_ref().context("the private PostgreSQL is not running")?;
    run_with(postgres, &mut shell::cargo(["test", "--workspace"]))
}

fn run_with(postgres: &Postgres, command: &mut Command) -> Result<()> {
    let url = postgres.url();
    println!("with {POSTGRES_VARIABLE}={url} {ENGINES_VARIABLE}=all");
    shell::run(command.env(POSTGRES_VARIABLE, url).env(ENGINES_VARIABLE, "all"))
}

fn test_browser(_: &mut Servers) -> Result<()> {
    shell::run(&mut shell::cargo(["build", "--package", "livehand"]))?;
    let chromium = Machine::this().chromium().context("there is no Chromium")?;
    shell::run(shell::npm_run("browser").env(CHROMIUM_VARIABLE, chromium))
}
