//! What is asked and what is answered, as JSON. Fields that are not needed are left to the server and not read.

use serde::{Deserialize, Serialize};

use super::client::NoDraft;

/// Most that a model may write, in tokens: one line with its slots, many times over.
const TOKENS_MAX: u32 = 200;
/// Little imagination: the line is to say what the facts say.
const TEMPERATURE: f32 = 0.2;

#[derive(Serialize)]
pub(super) struct Asked<'a> {
    model: &'a str,
    messages: [Message<'a>; 2],
    max_tokens: u32,
    temperature: f32,
    stream: bool,
}

#[derive(Serialize)]
struct Message<'a> {
    role: &'static str,
    content: &'a str,
}

#[derive(Deserialize)]
struct Answered {
    choices: Vec<Choice>,
}

#[derive(Deserialize)]
struct Choice {
    message: Said,
    #[serde(default)]
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Said {
    #[serde(default)]
    content: Option<String>,
}

impl<'a> Asked<'a> {
    pub fn new(model: &'a str, instruction: &'a str, words: &'a str) -> Self {
        let messages =
            [Message { role: "system", content: instruction }, Message { role: "user", content: words }];
        Self { model, messages, max_tokens: TOKENS_MAX, temperature: TEMPERATURE, stream: false }
    }
}

/// What the model wrote, as it wrote it.
pub(super) fn written(body: &[u8]) -> Result<String, NoDraft> {
    let answered: Answered = serde_json::from_slice(body).map_err(|_| NoDraft::Unreadable)?;
    let choice = answered.choices.into_iter().next().ok_or(NoDraft::Unreadable)?;
    if choice.finish_reason.as_deref() == Some("length") {
        return Err(NoDraft::CutOff);
    }
    choice.message.content.filter(|text| !text.trim().is_empty()).ok_or(NoDraft::Nothing)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_question_is_asked_without_a_stream_and_for_one_short_line() {
        let asked = serde_json::to_value(Asked::new("qwen3:8b", "要求", "能机洗吗")).unwrap();
        assert_eq!(
            asked["messages"],
            json!([{ "role": "system", "content": "要求" }, { "role": "user", "content": "能机洗吗" }])
        );
        assert_eq!((&asked["model"], &asked["stream"]), (&json!("qwen3:8b"), &json!(false)));
        assert_eq!(asked["max_tokens"], 200);
    }

    #[test]
    fn what_is_answered_is_read_or_named() {
        let read = |body: serde_json::Value| written(body.to_string().as_bytes());
        let said = |content: serde_json::Value, why: &str| json!({ "id": "x", "choices": [{ "index": 0, "message": { "role": "assistant", "content": content }, "finish_reason": why }] });
        assert_eq!(read(said(json!("可以的"), "stop")).unwrap(), "可以的");
        assert_eq!(read(said(json!("可以的，因为"), "length")), Err(NoDraft::CutOff));
        assert_eq!(read(said(json!(null), "stop")), Err(NoDraft::Nothing));
        assert_eq!(read(said(json!(" "), "content_filter")), Err(NoDraft::Nothing));
        assert_eq!(read(json!({ "choices": [] })), Err(NoDraft::Unreadable));
        assert_eq!(read(json!({ "error": { "message": "no" } })), Err(NoDraft::Unreadable));
        assert_eq!(written(b"<html>"), Err(NoDraft::Unreadable));
    }
}
