//! The writer of the server, without HTTP.

use std::sync::Arc;

use anyhow::{Context, ensure};
use livehand_app::{NotReserved, ReservationAsked, ReservationRequest, Reservations};
use livehand_kernel::{Clock, Millis, PersonId, SkuId};
use livehand_storage::{Db, stock};
use livehand_trade::reservation::{HOLD_MS_MAX, Refusal, Taking, WhenShort, Wish};
use livehand_trade::stock::{Entry, Kind, Movement, Reason, Stock, apply, drift, identities};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::{Engine, UNITS, sku};

struct WallClock;

impl Clock for WallClock {
    #[expect(clippy::disallowed_methods, reason = "holds are as long as those of a shop")]
    fn now(&self) -> Millis {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

#[derive(Clone)]
pub struct Livehand {
    db: Db,
    reservations: Reservations,
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Livehand {
    pub async fn open(url: &str, skus: usize) -> anyhow::Result<Self> {
        let db = Db::open(url).await?;
        for number in 0..skus {
            stocked(&db, &sku(number)).await?;
        }
        let die = Arc::new(|reason: &str| {
            eprintln!("{reason}");
            std::process::exit(1);
        });
        let reservations = Reservations::new(db.clone(), Arc::new(WallClock), die);
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        let (writer, until) = (reservations.clone(), stop.clone());
        tasks.spawn(async move { writer.run(until).await });
        let (folded, until) = (db.clone(), stop.clone());
        tasks.spawn(async move {
            tokio::select! {
                () = until.cancelled() => {}
                () = folded.keep_folded() => {}
            }
        });
        Ok(Self { db, reservations, tasks, stop })
    }

    pub async fn close(self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
        self.db.close().await;
    }
}

/// Stock without a buffer, unless there is some.
async fn stocked(db: &Db, name: &str) -> anyhow::Result<()> {
    let id = SkuId(name.to_owned());
    if stock::find(&db.read().await?, &id).await?.is_some() {
        return Ok(());
    }
    let mut sums = Stock::new(id.clone());
    let mut entries = Vec::new();
    for (number, kind, reason, quantity) in
        [(1, Kind::BufferShareSet, Reason::Plan, 0), (2, Kind::Received, Reason::Purchase, UNITS)]
    {
        let movement = Movement {
            id: format!("{name}-{number}"),
            sku: id.clone(),
            kind,
            quantity,
            locked: false,
            at: Millis(0),
            reason,
            note: String::new(),
            by: PersonId::from("bench"),
            by_name: String::new(),
            source: "manual".to_owned(),
            order: None,
        };
        apply(&mut sums, &movement)?;
        entries.push(Entry { number, movement, asked_sku: id.clone(), asked_quantity: quantity });
    }
    let (sums, entries) = (&sums, &entries);
    db.write(move |tx| async move { stock::record(&tx, sums, 0, entries).await }).await?;
    Ok(())
}

impl Engine for Livehand {
    async fn reserve(&mut self, order: String, number: usize) -> anyhow::Result<bool> {
        let lines = [(SkuId(sku(number)), 1)];
        let wish = Wish::new(lines, Taking::OnOrder, WhenShort::Refuse, HOLD_MS_MAX)?;
        let by = Some(PersonId::from("bench"));
        match self
            .reservations
            .ask(ReservationRequest { order, asked: ReservationAsked::Reserve(wish), by })
            .await
        {
            Ok(answer) => Ok(!answer.again),
            Err(NotReserved::Refused(Refusal::Short(_))) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    async fn books(&mut self) -> anyhow::Result<(i64, i64)> {
        let tx = self.db.read().await?;
        let (mut units, mut orders) = (0, 0);
        for sums in stock::all(&tx).await? {
            let again = stock::repaired(&tx, &sums.sku).await?;
            ensure!(
                again.gaps.is_empty() && again.left_out.is_empty(),
                "movements of {} are damaged",
                sums.sku
            );
            ensure!(
                drift(&sums, &again.stock).is_empty() && identities(&sums).is_empty(),
                "{} drifts",
                sums.sku
            );
            units += sums.reserved;
        }
        for reservation in livehand_storage::reservations::unsettled(&tx).await.context("reading orders")? {
            orders += reservation.parts().iter().map(|(_, units)| units).sum::<i64>();
        }
        Ok((units, orders))
    }
}
