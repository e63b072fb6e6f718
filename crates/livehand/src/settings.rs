//! Settings: defaults, then `livehand.toml` in the data directory, then the environment (`LIVEHAND__DATABASE_URL`).

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Context;
use livehand_app::{Caution, Tolerances, personal};
use serde::Deserialize;

use crate::data_dir::DataDir;
use crate::drafts::Drafts;

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
    /// The key file of personal data, outside the data directory (`livehand keys new FILE`). Without it no names, numbers
    /// and addresses are kept.
    pub keys: Option<PathBuf>,
    /// The file with the secrets that sources of orders sign with: one on each line, a name and `whsec_…`
    /// (`livehand orders secret NAME FILE`). Without it no webhook is taken.
    pub order_secrets: Option<PathBuf>,
    /// The model that drafts answers; without it there are no drafts.
    pub drafts: Option<Drafts>,
    /// How long personal data is kept.
    #[serde(default)]
    pub retention: personal::Matrix,
    /// From where on a change that needs two people needs more care.
    #[serde(default)]
    pub caution: Caution,
    /// How far the five prices may be apart.
    #[serde(default)]
    pub five_prices: Tolerances,
    /// Whether orders of made-up audiences get invented recipients; only the demo says so.
    #[serde(skip)]
    pub invented: bool,
}

impl Settings {
    /// The settings for a data directory.
    pub fn load(data: &DataDir) -> anyhow::Result<Self> {
        let file = data.settings_file();
        let mut settings: Self = config::Config::builder()
            .set_default("listen", LISTEN)?
            .add_source(config::File::from(file.as_path()).required(false).format(config::FileFormat::Toml))
            .add_source(
                config::Environment::with_prefix("LIVEHAND")
                    .prefix_separator("__")
                    .separator("__")
                    .try_parsing(true),
            )
            .build()
            .and_then(config::Config::try_deserialize)
            .with_context(|| format!("settings ({} and the environment LIVEHAND__…)", file.display()))?;
        let wrong = |table: &'static str| {
            move |(key, expected)| anyhow::anyhow!("settings: {table}.{key} must be {expected}")
        };
        settings.caution.check().map_err(wrong("caution"))?;
        settings.five_prices.check().map_err(wrong("five_prices"))?;
        settings.retention.check().map_err(wrong("retention"))?;
        // An origin has no path, and browsers send it without a slash.
        settings.public_url = settings.public_url.map(|url| url.trim_end_matches('/').to_owned());
        Ok(settings)
    }
}
