//! `livehand serve`.

use std::net::SocketAddr;

use crate::data_dir::DataDir;
use crate::exit;
use crate::node::Node;
use crate::settings::Settings;

pub async fn run(data: &DataDir, listen: Option<SocketAddr>) -> anyhow::Result<u8> {
    let mut settings = Settings::load(data)?;
    settings.listen = listen.unwrap_or(settings.listen);
    let node = Node::start(data, &settings).await?;
    let asked_to_stop = super::asked_to_stop();
    let base = settings.public_url.clone().unwrap_or_else(|| node.url());
    println!("Livehand 直播间助理 is running at {base}");
    if !settings.listen.ip().is_loopback() && !base.starts_with("https://") {
        eprintln!(
            "livehand: {} can be reached from other machines without encryption; put a TLS proxy in front and set public_url",
            settings.listen
        );
    }
    if let Some(token) = node.app.first_start_link().await? {
        println!(
            "First start: open this link once to make the owner's account\n  首次启动：打开此一次性链接创建所有者账号\n  {base}/enter#{token}"
        );
    }
    if let Some(model) = node.app.drafting_model() {
        println!("Drafts of answers by the model {model}. 答复可由模型起草：{model}。");
    }
    println!("Press Ctrl-C to stop. 按 Ctrl-C 停止。");
    asked_to_stop.await;
    println!("stopping");
    node.stop().await?;
    Ok(exit::DONE)
}
