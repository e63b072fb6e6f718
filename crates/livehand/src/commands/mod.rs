//! The commands, one file each.

mod backup;
mod crew;
mod demo;
mod doctor;
mod feed;
mod fold;
mod import;
mod replay;
mod serve;
mod simulate;

use crate::cli::{Cli, Command, UserCommand};
use crate::data_dir::DataDir;
use crate::exit;

/// Does what the command line says; the exit code if it could.
pub async fn run(cli: Cli) -> anyhow::Result<u8> {
    match cli.command {
        Command::Serve { data, listen } => serve::run(&DataDir::open(&data.data)?, listen).await,
        Command::Demo { listen, viewers, seed } => demo::run(listen, viewers, seed).await,
        Command::Import { file, show, keep_open, data } => {
            import::run(&file, &show, keep_open, &DataDir::open(&data.data)?).await
        }
        Command::Replay { show, speed, data } => replay::run(&show, speed, &DataDir::open(&data.data)?).await,
        Command::Fold { file } => fold::run(&file),
        Command::Simulate { viewers, minutes, seed, to, show, token_file, data } => {
            let token = match token_file {
                Some(file) => crate::data_dir::read_secret(&file)?,
                None => DataDir::open(&data.data)?.local_token()?,
            };
            simulate::run(simulate::Plan { viewers, minutes, seed, show }, &to, token).await
        }
        Command::User { command: UserCommand::Add { name, hats, data } } => {
            crew::add(&name, &hats, &DataDir::open(&data.data)?).await
        }
        Command::Doctor { data, accept_gap } => {
            doctor::run(&DataDir::open(&data.data)?, accept_gap.as_deref()).await
        }
        Command::Backup { to, data } => backup::backup(&DataDir::open(&data.data)?, &to).await,
        Command::Restore { from, replace, data } => backup::restore(&from, &data.data, replace).await,
        Command::Openapi => {
            println!("{}", livehand_api::openapi_document()?);
            Ok(exit::DONE)
        }
    }
}

/// Returns when somebody asks the program to end: Ctrl-C, or the service manager.
async fn asked_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let interrupt = tokio::signal::ctrl_c();
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => {
            let _ = interrupt.await;
        }
    }
}
