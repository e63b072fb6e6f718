//! The commands, one file each.

mod address;
mod backup;
mod comments;
mod crew;
mod demo;
mod detect;
mod doctor;
mod feed;
mod fold;
mod import;
mod keys;
mod lineup;
pub mod lint;
mod orders;
pub mod read_sheet;
mod replay;
mod serve;
mod sheet;
mod simulate;
mod stock;
mod table;

use std::io::Write;

use anyhow::bail;

use crate::cli::{Cli, Command, KeysCommand, OrdersCommand, StockCommand, UserCommand};
use crate::client::is_this_machine;
use crate::data_dir::DataDir;
use crate::exit;
use crate::words::say;

/// Does what the command line says; the exit code if it could.
pub async fn run(cli: Cli) -> anyhow::Result<u8> {
    match cli.command {
        Command::Serve { data, listen } => serve::run(&DataDir::open(&data.data)?, listen).await,
        Command::Demo { listen, viewers, seed } => demo::run(listen, viewers, seed).await,
        Command::Import { file, show, keep_open, data } => {
            import::run(&file, &show, keep_open, &DataDir::open(&data.data)?).await
        }
        Command::Replay { show, speed, data } => {
            replay::run(&show, speed, &DataDir::existing(&data.data)?).await
        }
        Command::Fold { file, table: false, .. } => fold::run(&file),
        Command::Fold { file, minutes, stats, .. } => table::run(&file, minutes, stats),
        Command::Detect { file } => detect::run(&file),
        Command::Lineup { file } => lineup::run(&file),
        Command::Lint(arguments) => lint::run(&arguments),
        Command::Address { command } => address::run(&command),
        Command::Comments { command } => comments::run(&command),
        Command::Simulate { viewers, minutes, seed, to, show, token_file, data } => {
            let token = match token_file {
                Some(file) => crate::data_dir::read_secret(&file)?,
                None if is_this_machine(&to) => DataDir::existing(&data.data)?.local_token()?,
                None => bail!(say(
                    format!("{to} is another machine; give --token-file with the token of a source link"),
                    format!("{to} 不是本机；请用 --token-file 提供事件源链接的令牌")
                )),
            };
            simulate::run(simulate::Plan { viewers, minutes, seed, show }, &to, token).await
        }
        Command::User { command: UserCommand::Add { name, hats, data } } => {
            crew::add(&name, &hats, &DataDir::open(&data.data)?).await
        }
        Command::Stock { command: StockCommand::Check { sku, data } } => {
            stock::run(&DataDir::existing(&data.data)?, sku.as_deref(), false).await
        }
        Command::Stock { command: StockCommand::Repair { sku, data } } => {
            stock::run(&DataDir::existing(&data.data)?, sku.as_deref(), true).await
        }
        Command::Orders { command: OrdersCommand::Import { file, platform, sheet, preview, data } } => {
            let data = DataDir::existing(&data.data)?;
            orders::import(&file, platform.as_deref(), sheet.as_deref(), preview, &data).await
        }
        Command::Orders { command: OrdersCommand::Secret { source, file } } => orders::secret(&source, &file),
        Command::Keys { command: KeysCommand::New { file } } => keys::new(&file),
        Command::Keys { command: KeysCommand::Status { data } } => {
            keys::status(&DataDir::existing(&data.data)?).await
        }
        Command::Keys { command: KeysCommand::Rotate { data } } => {
            keys::rotate(&DataDir::existing(&data.data)?).await
        }
        Command::Keys { command: KeysCommand::Retire { data } } => {
            keys::retire(&DataDir::existing(&data.data)?).await
        }
        Command::Doctor { data, accept_gap } => {
            doctor::run(&DataDir::existing(&data.data)?, accept_gap.as_deref()).await
        }
        Command::Backup { to, data } => backup::backup(&DataDir::existing(&data.data)?, &to).await,
        Command::Restore { from, replace, data } => backup::restore(&from, &data.data, replace).await,
        Command::Sheet { file, sheet, json } => sheet::run(&file, sheet, json).await,
        Command::ReadSheet => Ok(read_sheet::run()),
        Command::Openapi => {
            print(&livehand_api::openapi_document()?)?;
            Ok(exit::DONE)
        }
    }
}

/// Writes a long answer and a line end. Whoever reads only its beginning, such as `head`, has what they want.
fn print(text: &str) -> std::io::Result<()> {
    let mut output = std::io::stdout().lock();
    match output.write_all(text.as_bytes()).and_then(|()| output.write_all(b"\n")) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// Ends when somebody asks the program to end: Ctrl-C, the service manager, or the terminal that is closed. It listens from
/// this call on, not only once it is waited for, so that nothing is missed that comes as soon as the program says that it
/// runs.
fn asked_to_stop() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let asked = |kind| {
        let signal = signal(kind);
        async move {
            match signal {
                Ok(mut signal) => signal.recv().await,
                Err(_) => std::future::pending().await,
            }
        }
    };
    let (interrupted, terminated, hung_up) =
        (asked(SignalKind::interrupt()), asked(SignalKind::terminate()), asked(SignalKind::hangup()));
    async move {
        tokio::select! {
            _ = interrupted => {}
            _ = terminated => {}
            _ = hung_up => {}
        }
    }
}
