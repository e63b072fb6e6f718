//! People, their sessions and their one-time links.

use livehand_kernel::{Hat, Millis, PersonId};
use livehand_storage::Error;
use livehand_storage::invitations::InvitationRow;
use livehand_storage::people::PersonRow;
use livehand_storage::sessions::SessionRow;

use crate::{load, on_every_engine, person, save};

#[tokio::test]
async fn a_person_comes_back_as_saved() {
    on_every_engine(|db| async move {
        let lin = PersonRow { hats: Hat::ALL.to_vec(), ..person("p1", "示例 林") };
        let mei =
            PersonRow { hats: Vec::new(), password_hash: Some("$argon2id$".into()), ..person("p2", "Mei") };
        save!(db, people::insert(&lin)).unwrap();
        save!(db, people::insert(&mei)).unwrap();
        assert_eq!(load!(db, people::find(&lin.id)), Some(lin.clone()));
        assert_eq!(load!(db, people::find_by_name("Mei")), Some(mei.clone()));
        assert_eq!(load!(db, people::find_by_name("mei")), None);
        assert_eq!(load!(db, people::find(&PersonId::from("p3"))), None);
        assert_eq!(load!(db, people::count()), 2);
        assert_eq!(load!(db, people::list()).len(), 2);

        save!(db, people::set_password(&lin.id, Some("$argon2id$new"))).unwrap();
        save!(db, people::disable(&lin.id)).unwrap();
        let changed = load!(db, people::find(&lin.id)).unwrap();
        assert_eq!(changed, PersonRow { password_hash: Some("$argon2id$new".into()), disabled: true, ..lin });
        assert_eq!(load!(db, people::find(&mei.id)), Some(mei));
    })
    .await;
}

#[tokio::test]
async fn a_name_belongs_to_one_person() {
    on_every_engine(|db| async move {
        save!(db, people::insert(&person("p1", "Sample Lin"))).unwrap();
        let taken = save!(db, people::insert(&person("p2", "Sample Lin"))).unwrap_err();
        assert!(matches!(taken, Error::Conflict { .. }), "{taken:?}");
        assert_eq!(load!(db, people::count()), 1);
    })
    .await;
}

#[tokio::test]
async fn a_text_that_cannot_be_stored_is_no_busy_database() {
    on_every_engine(|db| async move {
        // PostgreSQL has no text with U+0000; SQLite has.
        let stored = save!(db, people::insert(&person("p1", "nul\0nul")));
        match stored {
            Ok(()) => assert!(load!(db, people::find_by_name("nul\0nul")).is_some()),
            Err(error) => assert!(matches!(error, Error::Database { .. }), "{error:?}"),
        }
    })
    .await;
}

fn session(token: u8, expires_at: i64) -> SessionRow {
    SessionRow {
        token_hash: [token; 32],
        person_id: PersonId::from("p1"),
        created_at: Millis(1_000),
        seen_at: Millis(1_000),
        expires_at: Millis(expires_at),
    }
}

#[tokio::test]
async fn a_session_is_found_by_its_token_until_it_ends() {
    on_every_engine(|db| async move {
        save!(db, people::insert(&person("p1", "Sample Lin"))).unwrap();
        for session in [session(1, 10_000), session(2, 20_000), session(3, 30_000)] {
            save!(db, sessions::insert(&session)).unwrap();
        }
        save!(db, sessions::touch(&[1; 32], Millis(7_000))).unwrap();
        let touched = load!(db, sessions::find(&[1; 32])).unwrap();
        assert_eq!(touched, SessionRow { seen_at: Millis(7_000), ..session(1, 10_000) });

        assert_eq!(save!(db, sessions::expire(Millis(9_999))).unwrap(), 0);
        assert_eq!(save!(db, sessions::expire(Millis(10_000))).unwrap(), 1);
        assert_eq!(load!(db, sessions::find(&[1; 32])), None);
        save!(db, sessions::delete(&[2; 32])).unwrap();
        assert_eq!(load!(db, sessions::find(&[2; 32])), None);
        assert_eq!(load!(db, sessions::find(&[3; 32])), Some(session(3, 30_000)));
        save!(db, sessions::delete_for_person(&PersonId::from("p1"))).unwrap();
        assert_eq!(load!(db, sessions::find(&[3; 32])), None);
    })
    .await;
}

#[tokio::test]
async fn nobody_has_a_session_or_a_link_who_does_not_exist() {
    on_every_engine(|db| async move {
        let error = save!(db, sessions::insert(&session(1, 10_000))).unwrap_err();
        assert!(matches!(error, Error::Conflict { .. }), "{error:?}");
        let link = InvitationRow { person_id: Some(PersonId::from("p1")), ..invitation(1) };
        let error = save!(db, invitations::insert(&link)).unwrap_err();
        assert!(matches!(error, Error::Conflict { .. }), "{error:?}");
    })
    .await;
}

fn invitation(token: u8) -> InvitationRow {
    InvitationRow {
        token_hash: [token; 32],
        purpose: "setup".to_owned(),
        person_id: None,
        created_at: Millis(1_000),
        expires_at: Millis(2_000),
        used_at: None,
    }
}

#[tokio::test]
async fn a_one_time_link_is_used_once() {
    on_every_engine(|db| async move {
        save!(db, invitations::insert(&invitation(1))).unwrap();
        assert_eq!(load!(db, invitations::find(&[1; 32])), Some(invitation(1)));
        assert_eq!(load!(db, invitations::find(&[2; 32])), None);
        assert!(save!(db, invitations::mark_used(&[1; 32], Millis(1_500))).unwrap());
        assert!(!save!(db, invitations::mark_used(&[1; 32], Millis(1_600))).unwrap());
        assert!(!save!(db, invitations::mark_used(&[2; 32], Millis(1_600))).unwrap());
        let used = load!(db, invitations::find(&[1; 32])).unwrap();
        assert_eq!(used, InvitationRow { used_at: Some(Millis(1_500)), ..invitation(1) });
    })
    .await;
}

#[tokio::test]
async fn of_many_who_use_a_link_at_once_one_gets_in() {
    on_every_engine(|db| async move {
        save!(db, invitations::insert(&invitation(1))).unwrap();
        let mut tasks = tokio::task::JoinSet::new();
        for n in 0..8 {
            let db = db.clone();
            tasks.spawn(async move {
                db.write(|tx| async move {
                    livehand_storage::invitations::mark_used(&tx, &[1; 32], Millis(1_500 + n)).await
                })
                .await
                .unwrap()
            });
        }
        assert_eq!(tasks.join_all().await.into_iter().filter(|used| *used).count(), 1);
    })
    .await;
}
