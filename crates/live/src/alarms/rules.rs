//! What is watched, and what is done about it. The two cases that the trade teaches first are here as playbooks: viewers
//! who leave because a segment drags on, and a dear product that is looked at and not bought.

use livehand_kernel::Hat;

use super::Severity;

/// A rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its code; the console has its words.
    pub code: &'static str,
    /// How bad it is when it is crossed.
    pub severity: Severity,
    /// The playbook that answers it.
    pub playbook: &'static Playbook,
}

/// What to do when a rule is crossed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Playbook {
    /// Its code; the console has its words.
    pub code: &'static str,
    /// In order.
    pub steps: &'static [Step],
}

/// One step of a playbook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its code; the console has its words.
    pub code: &'static str,
    /// Whose step it is.
    pub owner: Hat,
    /// Within how long it should be done, ms.
    pub within_ms: i64,
}

const fn step(code: &'static str, owner: Hat, within_minutes: i64) -> Step {
    Step { code, owner, within_ms: within_minutes * 60_000 }
}

/// Viewers leave sooner than before: the segment is too slow.
const SEGMENT_TOO_SLOW: Playbook = Playbook {
    code: "segment_too_slow",
    steps: &[
        step("ask_the_audience", Hat::Anchor, 1),
        step("quicken_the_segment", Hat::FloorDirector, 2),
        step("draw_earlier", Hat::FloorDirector, 3),
        step("check_picture_and_sound", Hat::StreamDirector, 2),
    ],
};
/// A dear product is clicked and not bought.
const DEAR_AND_UNSOLD: Playbook = Playbook {
    code: "dear_and_unsold",
    steps: &[
        step("break_down_selling_points", Hat::Anchor, 2),
        step("show_it_in_use", Hat::CoAnchor, 3),
        step("answer_what_holds_buyers_back", Hat::Assistant, 2),
        step("say_guarantee_and_gift_again", Hat::Anchor, 4),
    ],
};
const FEWER_BUY: Playbook = Playbook {
    code: "fewer_buy",
    steps: &[
        step("check_link_price_coupon", Hat::ControlOperator, 1),
        step("answer_what_holds_buyers_back", Hat::Assistant, 2),
        step("say_the_offer_again", Hat::Anchor, 2),
    ],
};
const FEWER_TAKE_PART: Playbook = Playbook {
    code: "fewer_take_part",
    steps: &[step("ask_the_audience", Hat::Anchor, 1), step("start_an_interaction", Hat::FloorDirector, 3)],
};
const FEWER_CLICK: Playbook = Playbook {
    code: "fewer_click",
    steps: &[
        step("check_link_price_coupon", Hat::ControlOperator, 1),
        step("point_to_the_link", Hat::Anchor, 1),
        step("show_it_close", Hat::CoAnchor, 2),
    ],
};
const MANY_ASK_THE_SAME: Playbook = Playbook {
    code: "many_ask_the_same",
    steps: &[step("answer_aloud", Hat::Anchor, 1), step("pin_the_answer", Hat::Assistant, 1)],
};
const ANSWERS_LATE: Playbook = Playbook {
    code: "answers_late",
    steps: &[
        step("more_hands_to_comments", Hat::FloorDirector, 1),
        step("answer_the_commonest_aloud", Hat::Anchor, 2),
    ],
};
const SOURCE_SILENT: Playbook = Playbook {
    code: "source_silent",
    steps: &[
        step("check_the_collector", Hat::Assistant, 1),
        step("watch_the_platforms_own_screen", Hat::Operations, 1),
    ],
};
const DEVICE_TROUBLE: Playbook = Playbook {
    code: "device_trouble",
    steps: &[
        step("check_picture_and_sound", Hat::StreamDirector, 1),
        step("switch_to_the_spare", Hat::StreamDirector, 2),
        step("keep_talking", Hat::Anchor, 1),
    ],
};
const STOCK_LOW: Playbook = Playbook {
    code: "stock_low",
    steps: &[
        step("say_true_stock_only", Hat::Anchor, 1),
        step("release_or_switch_item", Hat::ControlOperator, 2),
    ],
};
const PRICE_DEVIATES: Playbook = Playbook {
    code: "price_deviates",
    steps: &[
        step("stop_explaining_the_item", Hat::Anchor, 1),
        step("take_the_link_down", Hat::ControlOperator, 1),
        step("correct_it_aloud", Hat::Anchor, 2),
        step("keep_the_evidence", Hat::Compliance, 10),
    ],
};

// The playbooks of troubles that viewers write about have five steps: confirm, limit the damage, say so, put it right, close.

/// Nobody can hear the host (无声): the spare microphone, then the sound card, then a telephone.
const NO_SOUND: Playbook = Playbook {
    code: "no_sound",
    steps: &[
        step("confirm_on_another_phone", Hat::StreamDirector, 1),
        step("hold_up_the_board", Hat::FloorDirector, 1),
        step("switch_to_the_spare_microphone", Hat::StreamDirector, 1),
        step("say_sound_is_being_fixed", Hat::Assistant, 1),
        step("confirm_and_keep_the_record", Hat::StreamDirector, 5),
    ],
};
/// The picture stands still (黑屏、画面冻结): keep the sound, switch the camera, restart the encoder.
const PICTURE_FROZEN: Playbook = Playbook {
    code: "picture_frozen",
    steps: &[
        step("confirm_on_another_phone", Hat::StreamDirector, 1),
        step("keep_talking", Hat::Anchor, 1),
        step("say_picture_is_being_fixed", Hat::Assistant, 1),
        step("switch_camera_or_restart_encoder", Hat::StreamDirector, 2),
        step("confirm_and_keep_the_record", Hat::StreamDirector, 5),
    ],
};
/// A coupon cannot be had or used (券领不了、用不了).
const COUPON_FAILS: Playbook = Playbook {
    code: "coupon_fails",
    steps: &[
        step("try_the_coupon_oneself", Hat::Assistant, 1),
        step("stop_promising_the_coupon", Hat::Anchor, 1),
        step("say_when_the_coupon_works", Hat::Assistant, 1),
        step("check_time_threshold_and_scope", Hat::ControlOperator, 2),
        step("confirm_and_keep_the_record", Hat::ControlOperator, 10),
    ],
};
/// What is said and what is shown differ (价格、规格配错). Taking the link down is done by a person, with four eyes.
const PRICE_MISMATCH: Playbook = Playbook {
    code: "price_mismatch",
    steps: &[
        step("compare_the_five_prices", Hat::ControlOperator, 1),
        step("stop_explaining_the_item", Hat::Anchor, 1),
        step("take_the_link_down", Hat::ControlOperator, 1),
        step("correct_it_aloud", Hat::Anchor, 2),
        step("keep_the_evidence", Hat::Compliance, 10),
    ],
};
/// A link does not open, or opens something else (上错链接).
const LINK_BROKEN: Playbook = Playbook {
    code: "link_broken",
    steps: &[
        step("open_the_link_oneself", Hat::ControlOperator, 1),
        step("keep_talking", Hat::Anchor, 1),
        step("say_the_right_link_number", Hat::Assistant, 1),
        step("take_it_back_and_put_up_the_right_one", Hat::ControlOperator, 2),
        step("confirm_and_keep_the_record", Hat::ControlOperator, 5),
    ],
};

/// Every rule.
pub const RULES: &[Rule] = &[
    Rule { code: "retention_drop", severity: Severity::Urgent, playbook: &SEGMENT_TOO_SLOW },
    Rule { code: "conversion_drop", severity: Severity::Urgent, playbook: &FEWER_BUY },
    Rule { code: "interaction_drop", severity: Severity::Warning, playbook: &FEWER_TAKE_PART },
    Rule { code: "click_through_drop", severity: Severity::Warning, playbook: &FEWER_CLICK },
    Rule { code: "dear_item_unsold", severity: Severity::Warning, playbook: &DEAR_AND_UNSOLD },
    Rule { code: "question_cluster", severity: Severity::Warning, playbook: &MANY_ASK_THE_SAME },
    Rule { code: "answers_late", severity: Severity::Warning, playbook: &ANSWERS_LATE },
    Rule { code: "data_gap", severity: Severity::Warning, playbook: &SOURCE_SILENT },
    Rule { code: "device", severity: Severity::Urgent, playbook: &DEVICE_TROUBLE },
    Rule { code: "stock", severity: Severity::Warning, playbook: &STOCK_LOW },
    Rule { code: "price", severity: Severity::Urgent, playbook: &PRICE_DEVIATES },
    Rule { code: "no_sound", severity: Severity::Urgent, playbook: &NO_SOUND },
    Rule { code: "picture_frozen", severity: Severity::Urgent, playbook: &PICTURE_FROZEN },
    Rule { code: "coupon_fails", severity: Severity::Warning, playbook: &COUPON_FAILS },
    Rule { code: "price_mismatch", severity: Severity::Urgent, playbook: &PRICE_MISMATCH },
    Rule { code: "link_broken", severity: Severity::Warning, playbook: &LINK_BROKEN },
];

/// The rule with this code.
pub fn rule(code: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.code == code)
}

/// The playbook that answers the rule with this code.
pub fn playbook(rule_code: &str) -> Option<&'static Playbook> {
    rule(rule_code).map(|rule| rule.playbook)
}

/// On which side of its bound a reading is bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Above,
    Below,
}

/// Readings of devices, of stock and of prices, and the bounds that they should keep.
pub(super) struct Reading {
    /// The `signal` of a `reading` event.
    pub signal: &'static str,
    pub rule: &'static str,
    pub side: Side,
    pub bound: i64,
}

/// Of the trade's usual values for a stream; whoever sends readings can give a bound of their own.
pub(super) const READINGS: &[Reading] = &[
    // Thousandths of the frames.
    Reading { signal: "dropped_frames_permille", rule: "device", side: Side::Above, bound: 30 },
    // Thousandths of the packets.
    Reading { signal: "packet_loss_permille", rule: "device", side: Side::Above, bound: 10 },
    // Seconds without any sound.
    Reading { signal: "silence_s", rule: "device", side: Side::Above, bound: 5 },
    // Seconds in which the picture does not change.
    Reading { signal: "frozen_s", rule: "device", side: Side::Above, bound: 5 },
    Reading { signal: "encoder_percent", rule: "device", side: Side::Above, bound: 70 },
    Reading { signal: "stock_available", rule: "stock", side: Side::Below, bound: 10 },
    // Thousandths by which a price differs from the one that was published.
    Reading { signal: "price_deviation_permille", rule: "price", side: Side::Above, bound: 10 },
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn rules_have_codes_of_their_own_and_playbooks_steps_of_their_own() {
        let codes: BTreeSet<&str> = RULES.iter().map(|rule| rule.code).collect();
        assert_eq!(codes.len(), RULES.len());
        for rule in RULES {
            let steps: BTreeSet<&str> = rule.playbook.steps.iter().map(|step| step.code).collect();
            assert_eq!(steps.len(), rule.playbook.steps.len(), "{}", rule.code);
            assert!(!steps.is_empty());
        }
        assert!(READINGS.iter().all(|reading| rule(reading.rule).is_some()));
    }
}
