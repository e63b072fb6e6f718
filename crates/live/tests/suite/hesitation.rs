//! Hesitation: who is addressed and who never is, what is counted in which group, and that it all stays small.

use std::collections::{BTreeMap, BTreeSet};

use livehand_kernel::Millis;
use livehand_live::hesitation::shown::{Hesitating, HesitationGroup};
use livehand_live::hesitation::{
    ADDRESSED_MAX, ClosingLine, Doubt, Forbidden, HELD_OUT_OF, LINE_PAUSE_MS, LineWay, WITHIN_MS, is_held_out,
};
use livehand_live::{Command, CrewAction, Event, Kind, Refusal, Room};
use proptest::prelude::*;

use crate::{START, crew, event, ingest};

const MINUTE: i64 = 60_000;

fn doubt(id: &str, at: i64, user: &str, code: &str) -> Event {
    let mut comment = event(id, at, "comment", user);
    comment.name = Some(format!("昵称{user}"));
    comment.text = Some(format!("{code} 的话"));
    comment.intent = Some(if code == "complain" { "complain" } else { "hesitate" }.into());
    comment.doubt = (code != "complain").then(|| code.into());
    comment.product = Some("p".into());
    comment
}

fn about(id: &str, at: i64, kind: &str, user: &str, product: &str) -> Event {
    let mut event = event(id, at, kind, user);
    event.product = Some(product.into());
    event.order = (kind.starts_with("order")).then(|| format!("o-{id}"));
    event.amount = (kind == "order_paid").then_some(9_900);
    event
}

/// The first user of this form who is offered lines for `p`, and the first who is held out.
fn users() -> (String, String) {
    let of = |held_out| {
        (0..).map(|n| format!("u{n}")).find(|user| is_held_out(user, "p") == held_out).unwrap_or_default()
    };
    (of(false), of(true))
}

fn line(saying: &str, doubt: Doubt, hesitation: Option<u64>) -> CrewAction {
    CrewAction::SayClosingLine(ClosingLine {
        saying: saying.into(),
        way: LineWay::Reply,
        product: "p".into(),
        doubt,
        hesitation,
        text: "想好了再拍".into(),
    })
}

fn forbidden(why: Forbidden) -> Result<usize, Refusal> {
    Err(Refusal::MayNotAddress { why })
}

fn groups(room: &Room) -> Vec<HesitationGroup> {
    room.hesitating().groups
}

#[test]
fn a_doubt_is_answered_an_order_after_it_is_guided_and_who_is_held_out_is_only_counted() {
    let (offered, held_out) = users();
    let mut room = Room::default();
    ingest(&mut room, vec![doubt("a", 0, &offered, "price"), doubt("b", 1_000, &held_out, "price")]);
    let shown = groups(&room);
    assert_eq!(shown.len(), 1);
    assert_eq!((shown[0].product.as_str(), shown[0].doubt, shown[0].viewers), ("p", Doubt::Price, 1));
    assert_eq!((&shown[0].names, shown[0].text.as_str()), (&vec![format!("昵称{offered}")], "price 的话"));
    assert_eq!(
        crew(&mut room, "l0", START + 2_000, line("l0", Doubt::Price, Some(2))),
        forbidden(Forbidden::HeldOut)
    );
    assert_eq!(crew(&mut room, "l1", START + 2_000, line("l1", Doubt::Price, None)), Ok(1));
    assert_eq!(groups(&room), []);
    assert_eq!(room.view().sayings[0].text, "想好了再拍");

    let orders =
        [("c", &offered), ("d", &held_out)].map(|(id, user)| about(id, MINUTE, "order_paid", user, "p"));
    ingest(&mut room, orders.to_vec());
    let figures = room.hesitating().figures;
    assert_eq!((figures.lines, figures.addressed, figures.guided, figures.orders_known), (1, 1, 1, true));
    assert_eq!((figures.offered.hesitated, figures.offered.ordered), (1, 1));
    assert_eq!((figures.held_out.hesitated, figures.held_out.ordered), (1, 1));
    assert_eq!(figures.difference, None, "two say nothing");
    // The same order again, and the time that passes, change nothing.
    ingest(
        &mut room,
        vec![
            about("e", 2 * MINUTE, "order_created", &offered, "p"),
            event("f", 60 * MINUTE, "heartbeat", "x"),
        ],
    );
    let later = room.hesitating().figures;
    assert_eq!((later.guided, later.offered.ordered, later.offered.hesitated), (1, 1, 1));
}

#[test]
fn an_order_counts_within_the_window_and_is_guided_within_the_same_time_after_the_line() {
    let (user, _) = users();
    for (ordered, in_time, guided) in
        [(WITHIN_MS, 1, 1), (WITHIN_MS + 1, 0, 1), (WITHIN_MS + 5 * MINUTE + 1, 0, 0)]
    {
        let mut room = Room::default();
        ingest(&mut room, vec![doubt("a", 0, &user, "fit")]);
        crew(&mut room, "l", START + 5 * MINUTE, line("l", Doubt::Fit, None)).unwrap();
        ingest(&mut room, vec![about("o", ordered, "order_created", &user, "p")]);
        let figures = room.hesitating().figures;
        assert_eq!((figures.offered.ordered, figures.guided), (in_time, guided), "{ordered}");
        assert_eq!(figures.offered.hesitated, 1);
    }
}

#[test]
fn a_line_that_was_taken_back_guided_nobody_and_one_never_said_is_counted_with_its_group() {
    let (user, _) = users();
    let mut room = Room::default();
    ingest(&mut room, vec![doubt("a", 0, &user, "trust")]);
    crew(&mut room, "l", START + 1_000, line("l", Doubt::Trust, None)).unwrap();
    crew(&mut room, "d", START + 2_000, CrewAction::DropSaying { saying: "l".into() }).unwrap();
    ingest(&mut room, vec![about("o", MINUTE, "order_created", &user, "p")]);
    let figures = room.hesitating().figures;
    assert_eq!(
        (figures.addressed, figures.guided, figures.offered.hesitated, figures.offered.ordered),
        (0, 0, 1, 1)
    );
}

#[test]
fn who_says_no_complains_is_a_child_or_needs_help_is_never_addressed_again() {
    let (user, _) = users();
    for (code, intent, why) in [
        ("refused", "hesitate", Forbidden::SaidNo),
        ("under_age", "hesitate", Forbidden::UnderAge),
        ("complain", "complain", Forbidden::Complained),
        ("", "order_help", Forbidden::AskedForHelp),
    ] {
        let mut room = Room::default();
        let mut no = doubt("n", 1_000, &user, code);
        no.intent = Some(intent.into());
        no.doubt = no.doubt.filter(|code| !code.is_empty());
        ingest(&mut room, vec![doubt("a", 0, &user, "price"), no, doubt("b", 2_000, &user, "price")]);
        assert_eq!(groups(&room), [], "{code}");
        assert_eq!(crew(&mut room, "l", START + 3_000, line("l", Doubt::Price, Some(1))), forbidden(why));
        // Also much later, and a log that holds such a line does not count it.
        ingest(
            &mut room,
            vec![doubt("c", 40 * MINUTE, &user, "fit"), about("k", 41 * MINUTE, "product_click", &user, "q")],
        );
        ingest(&mut room, vec![event("t", 50 * MINUTE, "heartbeat", "x")]);
        assert_eq!(groups(&room), [], "{code}");
    }
}

#[test]
fn behaviour_hesitates_too_but_nobody_guesses_about_what() {
    let (user, _) = users();
    let asked = |id: &str, at: i64| {
        let mut question = doubt(id, at, &user, "");
        (question.intent, question.doubt) = (Some("price".into()), None);
        question
    };
    let mut room = Room::default();
    ingest(&mut room, vec![asked("q1", 0)]);
    assert_eq!(groups(&room), []);
    ingest(&mut room, vec![asked("q2", MINUTE)]);
    assert_eq!(groups(&room)[0].doubt, Doubt::Unsaid);

    let mut room = Room::default();
    ingest(
        &mut room,
        vec![about("k", 0, "product_click", &user, "p"), event("t", 5 * MINUTE - 1, "heartbeat", "x")],
    );
    assert_eq!(groups(&room), []);
    ingest(&mut room, vec![event("u", 5 * MINUTE, "heartbeat", "x")]);
    assert_eq!(groups(&room)[0].doubt, Doubt::Unsaid);
    // What is said outweighs what was seen; who leaves or orders hesitates no more.
    ingest(&mut room, vec![doubt("s", 6 * MINUTE, &user, "aftersale")]);
    assert_eq!(groups(&room)[0].doubt, Doubt::Aftersale);
    ingest(&mut room, vec![event("l", 7 * MINUTE, "leave", &user)]);
    assert_eq!(groups(&room), []);
    ingest(&mut room, vec![event("j", 8 * MINUTE, "join", &user)]);
    assert_eq!(groups(&room).len(), 1);
    ingest(
        &mut room,
        vec![about("o", 9 * MINUTE, "order_created", &user, "p"), doubt("z", 10 * MINUTE, &user, "fit")],
    );
    assert_eq!(groups(&room), []);
}

#[test]
fn a_comment_without_a_product_is_about_the_item_on_stage_and_one_without_a_viewer_about_nobody() {
    let (user, _) = users();
    let mut room = Room::default();
    let comment = |id: &str, at: i64| Event { product: None, ..doubt(id, at, &user, "timing") };
    ingest(&mut room, vec![comment("a", 0)]);
    assert_eq!(groups(&room), []);
    crew(&mut room, "s", START, CrewAction::StageItem { product: Some("p".into()), price: None }).unwrap();
    ingest(&mut room, vec![comment("b", 1_000), Event { user: None, ..comment("c", 2_000) }]);
    assert_eq!((groups(&room)[0].product.as_str(), groups(&room)[0].viewers), ("p", 1));
    assert_eq!(room.hesitating().unnamed, 1);
}

#[test]
fn one_in_five_is_held_out_and_the_same_viewer_is_treated_alike_in_every_show() {
    let many = 100_000_u64;
    let held_out = (0..many).filter(|n| is_held_out(&format!("{}", 7_000_000 + n), "p-1")).count() as u64;
    let expected = many / HELD_OUT_OF;
    // Four standard deviations of a fair draw are 506.
    assert!(held_out.abs_diff(expected) < 506, "{held_out} of {many}");
    // Frozen: another hash would put viewers into the other group in the next show.
    let drawn: String =
        (0..40).map(|n| if is_held_out(&format!("u-{n}"), "p") { 'x' } else { '.' }).collect();
    insta::assert_snapshot!(drawn);
}

#[test]
fn a_room_that_many_hesitate_in_keeps_bounded_memory_and_forgets_both_groups_alike() {
    let mut room = Room::default();
    let many = 60_000_i64;
    for batch in 0..60 {
        let of = |n: i64| {
            let user = format!("u{n}");
            let mut event = match n % 3 {
                0 => doubt(&format!("d{n}"), n, &user, "price"),
                1 => about(&format!("k{n}"), n, "product_click", &user, "p"),
                _ => about(&format!("b{n}"), n, "order_created", &user, "p"),
            };
            event.text = event.text.map(|_| "长".repeat(100));
            event
        };
        ingest(&mut room, (batch * 1_000..(batch + 1) * 1_000).map(of).collect());
    }
    let mut again =
        (0..21_000).map(|n| doubt(&format!("x{n}"), many + n, &format!("v{n}"), "fit")).collect::<Vec<_>>();
    again.push(event("end", many + 30_000, "heartbeat", "x"));
    ingest(&mut room, again);
    let figures = room.hesitating().figures;
    let all = figures.offered.hesitated + figures.held_out.hesitated;
    assert!((19_000..=20_000).contains(&all), "{all}");
    let share = figures.held_out.hesitated as f64 / all as f64;
    assert!((0.18..0.22).contains(&share), "{share}");
    let group = &groups(&room)[0];
    assert_eq!(group.hesitations.len(), ADDRESSED_MAX);
    assert!(group.text.chars().count() <= 61);
}

/// Something that happens to one of a few viewers.
#[derive(Clone, Debug)]
enum Happens {
    Says(usize, &'static str, &'static str),
    Opens(usize, &'static str),
    Orders(usize, &'static str),
    Leaves(usize),
    /// A line of the crew, as the crew may say it.
    Line(Doubt, &'static str),
    /// A line of a log, for whomever.
    Log(Vec<u64>),
}

fn happens() -> impl Strategy<Value = Happens> {
    let user = 0..12_usize;
    let product = prop::sample::select(vec!["p", "q"]);
    let code = prop::sample::select(vec!["price", "fit", "trust", "refused", "complain", "under_age"]);
    prop_oneof![
        6 => (user.clone(), code, product.clone()).prop_map(|(user, code, product)| Happens::Says(user, code, product)),
        2 => (user.clone(), product.clone()).prop_map(|(user, product)| Happens::Opens(user, product)),
        1 => (user.clone(), product.clone()).prop_map(|(user, product)| Happens::Orders(user, product)),
        1 => user.prop_map(Happens::Leaves),
        4 => (prop::sample::select(vec![Doubt::Price, Doubt::Fit, Doubt::Trust, Doubt::Unsaid]), product)
            .prop_map(|(doubt, product)| Happens::Line(doubt, product)),
        2 => prop::collection::vec(0..60_u64, 0..8).prop_map(Happens::Log),
    ]
}

/// What the viewers of a log have done, told anew from the events alone.
#[derive(Default)]
struct Told {
    who: BTreeMap<u64, (String, String)>,
    barred: BTreeSet<String>,
    ordered: BTreeSet<(String, String)>,
    addressed: BTreeMap<String, Millis>,
}

impl Told {
    /// Whom a line was for, as the room counts it, must all be such as may be addressed.
    fn line(&mut self, before: &Hesitating, line: &Event) -> Result<(), TestCaseError> {
        let addressable: BTreeSet<u64> =
            before.groups.iter().flat_map(|group| group.hesitations.clone()).collect();
        for id in line.hesitations.as_deref().unwrap_or_default().iter().filter(|id| addressable.contains(id))
        {
            let Some((user, product)) = self.who.get(id) else { continue };
            prop_assert!(!self.barred.contains(user), "{user} was urged after a no or a complaint");
            prop_assert!(!is_held_out(user, product), "{user} is held out");
            prop_assert!(!self.ordered.contains(&(user.clone(), product.clone())), "{user} had ordered");
            if let Some(last) = self.addressed.get(user) {
                prop_assert!(
                    line.at.0 - last.0 >= LINE_PAUSE_MS || line.at == *last,
                    "{user} twice in ten minutes"
                );
            }
            self.addressed.insert(user.clone(), line.at);
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn nobody_is_urged_who_said_no_or_complained_or_twice_in_ten_minutes(steps in prop::collection::vec((happens(), 0..6 * MINUTE), 1..120)) {
        let (mut room, mut told, mut at) = (Room::default(), Told::default(), 0);
        for (number, (step, pause)) in steps.into_iter().enumerate() {
            at += pause;
            let id = format!("e{number}");
            let name = |user: usize| format!("u{user}");
            let event = match step {
                Happens::Says(user, code, product) => {
                    if ["refused", "complain", "under_age"].contains(&code) {
                        told.barred.insert(name(user));
                    }
                    Event { product: Some(product.into()), ..doubt(&id, at, &name(user), code) }
                }
                Happens::Opens(user, product) => about(&id, at, "product_click", &name(user), product),
                Happens::Orders(user, product) => {
                    told.ordered.insert((name(user), product.into()));
                    about(&id, at, "order_created", &name(user), product)
                }
                Happens::Leaves(user) => event(&id, at, "leave", &name(user)),
                Happens::Line(doubt, product) => {
                    let CrewAction::SayClosingLine(said) = line(&id, doubt, None) else { continue };
                    let action = CrewAction::SayClosingLine(ClosingLine { product: product.into(), ..said });
                    let command = Command::Crew { id: id.clone(), by: "lin".into(), at: Millis(START + at), action };
                    // The show's clock goes on before anything is decided, as it does where events come in.
                    ingest(&mut room, vec![event(&format!("t{number}"), at, "heartbeat", "x")]);
                    let before = room.hesitating();
                    let Ok(decided) = room.decide(command) else { continue };
                    let said = &decided.events[0];
                    let addressable: BTreeSet<u64> = before.groups.iter().flat_map(|group| group.hesitations.clone()).collect();
                    prop_assert!(said.hesitations.iter().flatten().all(|id| addressable.contains(id)));
                    told.line(&before, said)?;
                    room.apply(said, &mut livehand_live::Changes::default());
                    continue;
                }
                Happens::Log(hesitations) => {
                    ingest(&mut room, vec![event(&format!("t{number}"), at, "heartbeat", "x")]);
                    let mut event = Event::new(&id, Millis(START + at), Kind::ClosingLineSaid);
                    let note = serde_json::json!({ "id": id, "kind": "reply" });
                    event.saying = serde_json::from_value(note).ok();
                    (event.text, event.hesitations) = (Some("拍".into()), Some(hesitations.into()));
                    let (before, addressed) = (room.hesitating(), room.hesitating().figures.addressed);
                    told.line(&before, &event)?;
                    room.apply(&event, &mut livehand_live::Changes::default());
                    let may = before.groups.iter().flat_map(|group| &group.hesitations).count() as u64;
                    prop_assert!(room.hesitating().figures.addressed <= addressed + may);
                    continue;
                }
            };
            let sequence = room.sequence() + 1;
            if let (Some(user), Some(product)) = (event.user.clone(), event.product.clone()) {
                told.who.insert(sequence, (user, product));
            }
            ingest(&mut room, vec![event]);
            let figures = room.hesitating().figures;
            prop_assert!(figures.guided <= figures.addressed);
            prop_assert!(figures.offered.ordered <= figures.offered.hesitated);
        }
    }
}
