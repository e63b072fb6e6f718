use proptest::prelude::*;

use super::*;

const NOON: Millis = Millis(1_781_755_200_000); // 2026-06-18T04:00Z, noon in Shanghai
const ONE_AT_NIGHT: Millis = Millis(1_781_715_600_000); // 2026-06-17T17:00Z, one at night

fn person(name: &str) -> PersonId {
    PersonId::from(name)
}

fn circumstances(now: Millis, from: i64, usual: i64) -> Circumstances {
    Circumstances { now, on_air_since: None, from: Some(Fen(from)), usual: Some(Fen(usual)) }
}

fn proposed(kind: ChangeKind, to: i64, care: &Care) -> Change {
    Change {
        kind,
        status: Status::Proposed,
        maker: person("maker"),
        made_at: NOON,
        to: Some(Fen(to)),
        checker: None,
        applied_at: None,
        confirmations: care.confirmations.clone(),
        never_alone: care.never_alone,
    }
}

#[test]
fn a_missing_digit_is_warned_of_confirmed_three_times_and_never_made_alone() {
    let care = assess(
        &Caution::default(),
        ChangeKind::Price,
        Some(Fen(26_800_000)),
        circumstances(NOON, 268_000_000, 268_000_000),
    );
    assert_eq!(care.warnings, [Warning::Tenfold, Warning::Dear]);
    assert_eq!(care.confirmations, [Confirmation::Words, Confirmation::Amount, Confirmation::Difference]);
    let change = proposed(ChangeKind::Price, 26_800_000, &care);
    let maker = person("maker");
    let alone = go_alone(&change, Actor { person: &maker, hats: &[Hat::ControlOperator] }, "没有人在", NOON);
    assert_eq!(alone, Err(Refusal::NeverAlone));
    let checker = person("checker");
    let actor = Actor { person: &checker, hats: &[Hat::Operations] };
    let confirmed = Confirmed { words: true, amount: Some(Fen(268_000_000)), difference: true };
    assert_eq!(approve(&change, actor, confirmed, NOON), Err(Refusal::OtherAmount));
}

#[test]
fn an_everyday_change_by_day_needs_one_confirmation_and_at_night_the_amount_again() {
    let by_day =
        assess(&Caution::default(), ChangeKind::Price, Some(Fen(9_900)), circumstances(NOON, 12_900, 12_900));
    assert_eq!((by_day.warnings.len(), by_day.confirmations), (0, vec![Confirmation::Words]));
    let at_night = assess(
        &Caution::default(),
        ChangeKind::Price,
        Some(Fen(9_900)),
        circumstances(ONE_AT_NIGHT, 12_900, 12_900),
    );
    assert_eq!(at_night.warnings, [Warning::Night]);
    assert_eq!(at_night.confirmations, [Confirmation::Words, Confirmation::Amount]);
    assert!(at_night.never_alone);
    let tired = Circumstances {
        on_air_since: Some(NOON.plus(-5 * 3_600_000)),
        ..circumstances(NOON, 12_900, 12_900)
    };
    assert_eq!(
        assess(&Caution::default(), ChangeKind::Price, Some(Fen(9_900)), tired).warnings,
        [Warning::LongShow]
    );
}

#[test]
fn a_shop_sets_its_own_limits_and_a_night_may_lie_around_midnight() {
    let caution = Caution { dear_fen: 5_000, night_from_hour: 22, night_to_hour: 7, ..Caution::default() };
    let care =
        assess(&caution, ChangeKind::Price, Some(Fen(9_900)), circumstances(ONE_AT_NIGHT, 12_900, 12_900));
    assert_eq!(care.warnings, [Warning::Dear, Warning::Night]);
    let by_day = assess(&caution, ChangeKind::Price, Some(Fen(900)), circumstances(NOON, 1_000, 1_000));
    assert_eq!(by_day.warnings, []);
    assert_eq!(Caution::default().check(), Ok(()));
    assert_eq!(Caution { far_factor: 1, ..caution }.check(), Err(("far_factor", "2 or more")));
    assert_eq!(Caution { night_to_hour: 25, ..caution }.check(), Err(("night_to_hour", "0 to 24")));
}

#[test]
fn undo_belongs_to_the_two_and_ends_after_ten_seconds() {
    let applied = Change {
        status: Status::Applied,
        checker: Some(person("checker")),
        applied_at: Some(NOON),
        ..proposed(ChangeKind::Price, 9_900, &Care::default())
    };
    let by = |name: &str, at: Millis| undo(&applied, Actor { person: &person(name), hats: &[] }, at);
    assert_eq!(by("maker", NOON.plus(UNDO_MS)), Ok(()));
    assert_eq!(by("checker", NOON), Ok(()));
    assert_eq!(by("somebody", NOON), Err(Refusal::NotYours));
    assert_eq!(by("maker", NOON.plus(UNDO_MS + 1)), Err(Refusal::TooLate));
}

#[test]
fn a_breaker_is_lifted_by_a_floor_director_and_somebody_of_operations_or_compliance() {
    let (a, b) = (person("a"), person("b"));
    let floor = Actor { person: &a, hats: &[Hat::FloorDirector, Hat::Operations] };
    let other_floor = Actor { person: &b, hats: &[Hat::FloorDirector] };
    let compliance = Actor { person: &b, hats: &[Hat::Compliance] };
    assert_eq!(lift(None, floor, "价格已改回"), Ok(()));
    assert_eq!(lift(None, floor, " "), Err(Refusal::NoReason));
    assert_eq!(lift(Some(floor), floor, "价格已改回"), Err(Refusal::SamePerson));
    assert_eq!(lift(Some(floor), compliance, "价格已改回"), Ok(()));
    assert_eq!(lift(Some(compliance), floor, "价格已改回"), Ok(()));
    assert_eq!(
        lift(Some(Actor { hats: &[Hat::FloorDirector], ..floor }), other_floor, "好了"),
        Err(Refusal::NotYours)
    );
    assert_eq!(
        lift(None, Actor { person: &a, hats: &[Hat::ControlOperator] }, "好了"),
        Err(Refusal::NotYours)
    );
}

fn kind() -> impl Strategy<Value = ChangeKind> {
    prop::sample::select(ChangeKind::ALL.to_vec())
}

fn hats() -> impl Strategy<Value = Vec<Hat>> {
    prop::collection::vec(prop::sample::select(Hat::ALL.to_vec()), 0..6)
}

proptest! {
    #[test]
    fn nobody_approves_or_rejects_what_they_asked_for(
        kind in kind(), hats in hats(), to in 1_i64..1_000_000, typed in 1_i64..1_000_000, later in 0_i64..10_000_000,
    ) {
        let change = proposed(kind, to, &Care::default());
        let (maker, now) = (person("maker"), NOON.plus(later));
        let actor = Actor { person: &maker, hats: &hats };
        let confirmed = Confirmed { words: true, amount: Some(Fen(typed)), difference: true };
        prop_assert_eq!(approve(&change, actor, confirmed, now), Err(Refusal::SamePerson));
        prop_assert_eq!(reject(&change, actor, "不合适", now), Err(Refusal::SamePerson));
    }

    #[test]
    fn only_a_checker_approves_and_only_with_all_confirmations(
        kind in kind(), hats in hats(), to in 1_i64..500_000_000, usual in 1_i64..500_000_000,
        words: bool, amount: bool, difference: bool,
    ) {
        let care = assess(&Caution::default(), kind, Some(Fen(to)), circumstances(NOON, usual, usual));
        let change = proposed(kind, to, &care);
        let checker = person("checker");
        let confirmed = Confirmed { words, amount: amount.then_some(Fen(to)), difference };
        let approved = approve(&change, Actor { person: &checker, hats: &hats }, confirmed, NOON).is_ok();
        let may = hats.iter().any(|hat| kind.checkers().contains(hat));
        let all = care.confirmations.iter().all(|needed| match needed {
            Confirmation::Words => words,
            Confirmation::Amount => amount,
            Confirmation::Difference => difference,
        });
        prop_assert_eq!(approved, may && all);
    }

    #[test]
    fn a_change_is_never_made_alone_at_once(to in 1_i64..500_000_000, usual in 1_i64..500_000_000, hour in 0_i64..24) {
        let now = NOON.plus(hour * 3_600_000);
        let care = assess(&Caution::default(), ChangeKind::Price, Some(Fen(to)), circumstances(now, usual, usual));
        let change = Change { made_at: now, ..proposed(ChangeKind::Price, to, &care) };
        let maker = person("maker");
        let at = go_alone(&change, Actor { person: &maker, hats: &[Hat::ControlOperator] }, "断网了", now);
        if let Ok(at) = at {
            prop_assert!(at.0 - now.0 >= ALONE_DELAY_MS);
            prop_assert!(to.max(usual) < 5 * to.min(usual), "{to} for {usual}");
        }
    }

    #[test]
    fn what_was_decided_stays_decided(status in prop::sample::select(Status::ALL.to_vec()), hats in hats()) {
        let change = Change { status, ..proposed(ChangeKind::Price, 9_900, &Care::default()) };
        let (maker, checker) = (person("maker"), person("checker"));
        let confirmed = Confirmed { words: true, amount: Some(Fen(9_900)), difference: true };
        let open = matches!(status, Status::Proposed | Status::Delayed);
        let approved = approve(&change, Actor { person: &checker, hats: &hats }, confirmed, NOON);
        prop_assert_eq!(approved == Err(Refusal::Decided), !open);
        prop_assert_eq!(withdraw(&change, Actor { person: &maker, hats: &hats }).is_ok(), open);
    }
}
