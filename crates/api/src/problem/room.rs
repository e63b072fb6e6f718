//! What a room refuses, or cannot do, as problems.

use http::StatusCode;
use livehand_app::RoomError;
use livehand_kernel::Phrase;
use livehand_live::hesitation::Forbidden;
use livehand_live::sayings::{StaleQuote, StaleReason};
use livehand_live::{FieldError, Refusal};

use super::{ApiError, disk_full};

pub(super) fn room_error(error: RoomError) -> ApiError {
    let unavailable = |code, en: &'static str, zh: &'static str| {
        ApiError::new(StatusCode::SERVICE_UNAVAILABLE, code, Phrase::new(en, zh))
    };
    match error {
        RoomError::Refused { refusal, .. } => refused(&refusal),
        RoomError::Poison { event, .. } => ApiError::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "poison",
            Phrase::new(
                "An event makes the room fail; it was not recorded",
                "有一条事件会使直播间处理出错，未记录",
            ),
        )
        .with_detail(Phrase::literal(event)),
        RoomError::Busy { .. } => {
            unavailable("busy", "The room has more to do than it can take", "直播间处理不过来，请稍后重试")
                .retry_after(1)
        }
        RoomError::Restarted { .. } => {
            unavailable("restarted", "The room was restarted; nothing was done", "直播间刚刚重启，操作未执行")
                .retry_after(1)
        }
        RoomError::Full { .. } => disk_full(),
        RoomError::Ended { .. } => ApiError::new(
            StatusCode::CONFLICT,
            "show_not_on_air",
            Phrase::new("The show is not on air", "该场次不在直播中"),
        ),
        RoomError::TooMany { count } => ApiError::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too_large",
            Phrase::new("The body is too large", "内容太大"),
        )
        .with_detail(Phrase::new(format!("{count} events."), format!("{count} 条事件。"))),
        RoomError::Quarantined { reason, .. } => unavailable(
            "show_held_back",
            "This show is held back until somebody has looked at it",
            "该场次数据异常，已停止服务，请检查",
        )
        .with_detail(Phrase::literal(reason)),
        error @ RoomError::Read { .. } => ApiError::internal(&error),
    }
}

fn refused(refusal: &Refusal) -> ApiError {
    match refusal {
        Refusal::QuestionUnknown { question } => ApiError::new(
            StatusCode::NOT_FOUND,
            "not_found",
            Phrase::new(format!("There is no question {question}"), format!("没有编号 {question} 的问题")),
        ),
        Refusal::QuestionClosed { .. } => ApiError::new(
            StatusCode::CONFLICT,
            "question_closed",
            Phrase::new("The question was closed already", "这个问题已经有人处理了"),
        ),
        Refusal::QuestionClaimed { .. } => ApiError::new(
            StatusCode::CONFLICT,
            "question_claimed",
            Phrase::new("Somebody else is answering this question", "这个问题已有同事在处理"),
        ),
        Refusal::AnswerChanged { now } => ApiError::new(
            StatusCode::CONFLICT,
            "answer_changed",
            Phrase::new(
                format!("A fact in it has changed; it would read now: {now}"),
                format!("引用的资料有变，现在应为：{now}"),
            ),
        ),
        Refusal::AnswerEmpty => ApiError::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "answer_empty",
            Phrase::new(
                "Type an answer, or say that the host answered aloud",
                "请填写答复，或标记为主播口播",
            ),
        ),
        Refusal::CardUnknown { .. } => ApiError::new(
            StatusCode::NOT_FOUND,
            "not_found",
            Phrase::new("The card is gone already", "这张提示卡已收起"),
        ),
        Refusal::CardsWaiting { max } => ApiError::new(
            StatusCode::CONFLICT,
            "cards_waiting",
            Phrase::new(
                format!("The host has {max} cards that were not read yet"),
                format!("主播还有 {max} 张提示卡未看"),
            ),
        ),
        Refusal::SayingsOpen { max, .. } => ApiError::new(
            StatusCode::CONFLICT,
            "sayings_open",
            Phrase::new(
                format!("There are {max} of these already; take one back first"),
                format!("已有 {max} 条，请先撤下一些"),
            ),
        ),
        Refusal::SayingExists { .. } => ApiError::new(
            StatusCode::CONFLICT,
            "saying_exists",
            Phrase::new("Something else has this id", "该编号已被占用"),
        ),
        Refusal::SayingUnknown { .. } => ApiError::new(
            StatusCode::NOT_FOUND,
            "not_found",
            Phrase::new("It was taken back already", "这条内容已撤下"),
        ),
        Refusal::SayingSaid { .. } => ApiError::new(
            StatusCode::CONFLICT,
            "saying_said",
            Phrase::new("It was sent or seen already", "这条内容已发出或主播已看"),
        ),
        Refusal::StaleQuote { quotes } => stale_quote(quotes),
        Refusal::MayNotAddress { why } => may_not_address(*why),
        Refusal::AlarmUnknown { alarm } => ApiError::new(
            StatusCode::NOT_FOUND,
            "not_found",
            Phrase::new("There is no such alarm", "没有这条告警"),
        )
        .with_detail(Phrase::literal(livehand_kernel::display_text(alarm))),
        Refusal::AlarmClosed { .. } => ApiError::new(
            StatusCode::CONFLICT,
            "alarm_closed",
            Phrase::new("The alarm was closed already", "这条告警已经关闭"),
        ),
        Refusal::AlarmStepUnknown { .. } => ApiError::new(
            StatusCode::CONFLICT,
            "alarm_step_done",
            Phrase::new("The alarm has no such step to do", "这一步已完成，或不在该预案中"),
        ),
        Refusal::DemandUnknown { demand } => ApiError::new(
            StatusCode::NOT_FOUND,
            "not_found",
            Phrase::new(format!("There is no demand {demand}"), format!("没有编号 {demand} 的需求")),
        ),
        Refusal::DemandClosed { .. } => ApiError::new(
            StatusCode::CONFLICT,
            "demand_closed",
            Phrase::new("The demand is over or was closed already", "这条需求已回落或已处理"),
        ),
        Refusal::Invalid(error) => {
            livehand_app::Error::Invalid(vec![livehand_app::Fault { line: None, error: (**error).clone() }])
                .into()
        }
        Refusal::TextLength { max_bytes } => ApiError::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "text_length",
            Phrase::new(
                format!("The text must have 1 to {max_bytes} bytes"),
                format!("内容不能为空，且不超过 {max_bytes} 字节"),
            ),
        ),
    }
}

/// Why a closing line may not be said.
fn may_not_address(why: Forbidden) -> ApiError {
    let (code, en, zh) = match why {
        Forbidden::Unknown => ("nobody_hesitates", "Nobody hesitates so any more", "已经没有这样犹豫的观众"),
        Forbidden::HeldOut => (
            "held_out",
            "Held out for comparison: no closing line is said to them",
            "这位观众在对照组，不催单，用来比较催单是否有用",
        ),
        Forbidden::SaidNo => ("said_no", "They said no; they are not urged", "对方已表示不要，不再催单"),
        Forbidden::UnderAge => ("under_age", "They are under age; they are not urged", "对方未成年，不催单"),
        Forbidden::Complained => {
            ("complained", "They complained; they are not urged", "对方有投诉，先处理投诉，不催单")
        }
        Forbidden::AskedForHelp => (
            "asked_for_help",
            "They need help with an order; they are not urged",
            "对方在求助订单问题，先解决，不催单",
        ),
        Forbidden::Ordered => ("ordered_already", "They ordered it already", "对方已下单"),
        Forbidden::Gone => {
            ("viewer_gone", "They left, or said nothing for ten minutes", "对方已离开，或十分钟没再说话")
        }
        Forbidden::SaidAlready => ("line_said", "A closing line was said to them already", "已经对其催过单"),
        Forbidden::TooSoon { .. } => (
            "line_too_soon",
            "A closing line was for them within the last ten minutes",
            "十分钟内已催过一次，不再催",
        ),
        Forbidden::TooMany => (
            "too_many_to_spare",
            "More viewers may not be addressed than can be kept; nobody is",
            "不宜催单的观众太多，记不下，本场不再催单",
        ),
    };
    let error = ApiError::new(StatusCode::CONFLICT, code, Phrase::new(en, zh));
    match why {
        Forbidden::TooSoon { until } => {
            let at = until.shanghai_minute();
            error.with_detail(Phrase::new(
                format!("From {at} on, Shanghai time."),
                format!("{at} 之后可以再说。"),
            ))
        }
        _ => error,
    }
}

/// Which quotes no longer hold, and what is so now.
fn stale_quote(quotes: &[StaleQuote]) -> ApiError {
    let mut error = ApiError::new(
        StatusCode::CONFLICT,
        "stale_quote",
        Phrase::new("It quotes what is no longer so; refresh it first", "引用的内容已变，请先刷新"),
    );
    error.0.faults = (quotes.iter())
        .map(|stale| {
            let expected = match (&stale.reason, &stale.value) {
                (StaleReason::Expired, _) => Phrase::new("a fact that still holds", "仍在有效期内"),
                (_, Some(value)) => Phrase::literal(value.clone()),
                (_, None) => Phrase::new("no such fact any more", "该资料已撤销"),
            };
            let field = &stale.quote.field;
            let found = Phrase::literal(stale.quote.value.clone());
            livehand_app::Fault { line: None, error: FieldError::new(field, expected, found) }
        })
        .collect();
    error
}
