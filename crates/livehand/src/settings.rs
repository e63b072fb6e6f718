//! Settings: defaults, then `livehand.toml` in the data directory, then the environment (`LIVEHAND__DATABASE_URL`).

use std::net::SocketAddr;

use anyhow::Context;
use serde::Deserialize;

use crate::data_dir::DataDir;

/// Where the server listens when nothing is said.
const LISTEN: &str = "127.0.0.1:7311";

/// Settings of the server.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Address to listen on.
    pub listen: SocketAddr,
    /// `postgres://…`; without it the data directory holds an SQLite database. It may carry a password, so it comes from
    /// the file or the environment, never from a flag.
    pub database_url: Option<String>,
    /// The origin that users see behind a proxy, such as `https://live.example.com`.
    pub public_url: Option<String>,
}

impl Settings {
    /// The settings for a data directory.
    pub fn load(data: &DataDir) -> anyhow::Result<Self> {
        let file = data.settings_file();
        let mut settings: Self = config::Config::builder()
            .set_default("listen", LISTEN)?
            .add_source(config::File::from(file.as_path()).required(false).format(config::FileFormat::Toml))
            .add_source(config::Environment::with_prefix("LIVEHAND").prefix_separator("__"))
            .build()
            .and_then(config::Config::try_deserialize)
            .with_context(|| format!("settings ({} and the environment LIVEHAND__…)", file.display()))?;
        // An origin has no path, and browsers send it without a slash.
        settings.public_url = settings.public_url.map(|url| url.trim_end_matches('/').to_owned());
        Ok(settings)
    }
}
