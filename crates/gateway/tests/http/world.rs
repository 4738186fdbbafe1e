//! A ledger in a folder of its own, and a gateway over it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use async_trait::async_trait;
use axum::Router;
use resit_access::{NewToken, Role, TokenFile, WatchedTokens};
use resit_api::{
    AgendaStatus, Due, EventOnStream, ExpireDue, LogStatus, ReadModelStatus, Rebuilt, Status, Verified,
};
use resit_command_handler::{CommandHandler, Outcome, Settings};
use resit_derived_store::DerivedStore;
use resit_domain::Timestamp;
use resit_embedded_log::{Config, EmbeddedLog};
use resit_event_log::{EventLog, Position};
use resit_expiry_scheduler::{Agenda, ExpiryScheduler};
use resit_gateway::{
    Answers, App, Auth, Clock, ClockFixed, Follower, Front, Gauges, Limits, Parts, STILL_MAX, Upkeep,
    UpkeepFailure, router,
};
use resit_projector::Projector;
use resit_voucher_code::CodeKey;
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::ask::{Answer, Ask};

/// A rehearsal's clock, or a real ledger's that nobody sets over HTTP.
pub(crate) struct Hands {
    at: AtomicI64,
    rehearsal: bool,
}

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.at.load(Ordering::Relaxed)).unwrap()
    }

    fn is_settable(&self) -> bool {
        self.rehearsal
    }

    fn set(&self, at: Timestamp) -> Result<(), ClockFixed> {
        if !self.rehearsal {
            return Err(ClockFixed);
        }
        self.at.store(at.millis(), Ordering::Relaxed);
        Ok(())
    }
}

/// The other roles.
struct Roles {
    scheduler: ExpiryScheduler,
    projector: Arc<Projector>,
    log: Arc<dyn EventLog>,
    embedded: EmbeddedLog,
    projected: watch::Sender<Position>,
    gauges: Arc<Gauges>,
}

fn failed(error: impl std::error::Error) -> UpkeepFailure {
    UpkeepFailure::Unavailable(error.to_string())
}

#[async_trait]
impl Upkeep for Roles {
    async fn expire_due(&self, now: Timestamp) -> Result<ExpireDue, UpkeepFailure> {
        let mut events = Vec::new();
        for reply in self.scheduler.tick(now).await.map_err(failed)? {
            if let Outcome::Accepted { events: happened, .. } = reply.outcome {
                events.extend(happened.into_iter().map(EventOnStream));
            }
        }
        Ok(ExpireDue { events, due: Vec::new(), more: 0 })
    }

    async fn due(&self, now: Timestamp) -> Result<ExpireDue, UpkeepFailure> {
        let due = self.scheduler.due(now, usize::MAX).await.map_err(failed)?;
        let due = due.into_iter().map(|(due_at, entitlement)| Due { due_at, entitlement }).collect();
        Ok(ExpireDue { events: Vec::new(), due, more: 0 })
    }

    async fn verify(&self) -> Result<Verified, UpkeepFailure> {
        let report = self.embedded.verify().map_err(failed)?;
        let fresh = Projector::new(self.log.clone(), DerivedStore::temporary().map_err(failed)?);
        let position = fresh.catch_up(|_| ()).await.map_err(failed)?;
        self.projector.catch_up(|_| ()).await.map_err(failed)?;
        let differing = self.projector.differences(&fresh, 20).map_err(failed)?;
        Ok(Verified {
            sound: report.is_sound(),
            segments: report.segments,
            records: report.records,
            sound_up_to: report.sound_up_to,
            digest: report.digest.to_string(),
            damages: Vec::new(),
            unknown_events: Vec::new(),
            index_faults: report.index_faults,
            torn: report.torn,
            gone: None,
            compared_up_to: Some(position),
            differing: Some(differing.iter().map(|key| resit_projector::describe(key)).collect()),
        })
    }

    async fn rebuild(&self) -> Result<Rebuilt, UpkeepFailure> {
        let position = self.projector.rebuild(|_| ()).await.map_err(failed)?;
        self.projected.send_replace(position);
        Ok(Rebuilt { position })
    }

    async fn status(&self, now: Timestamp) -> Result<Status, UpkeepFailure> {
        let head = self.log.head().await.map_err(failed)?;
        let position = *self.projected.borrow();
        let due = self.scheduler.due(now, usize::MAX).await.map_err(failed)?;
        Ok(Status {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            roles: vec!["gateway".to_owned()],
            address: None,
            auth: Some("open".to_owned()),
            rehearsal: false,
            started_at: None,
            now,
            durability: "fdatasync".to_owned(),
            log: LogStatus { head, segments: None, bytes: None },
            read_models: ReadModelStatus { position, lag: head.0 - position.0 },
            agenda: Some(AgendaStatus {
                next_due_at: self.scheduler.next_due().await.map_err(failed)?,
                overdue: due.len() as u64,
                position: head,
                lag: 0,
            }),
            zone_rules: None,
            free_disk_bytes: None,
            clock_fault: None,
            under_way: self.gauges.works().all(),
        })
    }
}

/// How a world differs from the usual one.
#[derive(Default)]
pub(crate) struct Unusual {
    pub(crate) tokens: bool,
    pub(crate) rehearsal: bool,
    pub(crate) limits: Option<Limits>,
    pub(crate) upkeep: Option<Arc<dyn Upkeep>>,
}

/// A ledger and a gateway.
pub(crate) struct World {
    pub(crate) app: Arc<App>,
    pub(crate) router: Router,
    roles: Arc<Roles>,
    pub(crate) clock: Arc<Hands>,
    pub(crate) gauges: Arc<Gauges>,
    pub(crate) handler: Arc<CommandHandler>,
    tokens: TokenFile,
    made: std::cell::Cell<u8>,
    _folder: tempfile::TempDir,
}

const KEY: [u8; 32] = [3; 32];

impl World {
    pub(crate) fn open() -> Self {
        Self::unusual(Unusual::default())
    }

    pub(crate) fn unusual(unusual: Unusual) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (embedded, _) = EmbeddedLog::open(folder.path(), &Config::default()).unwrap();
        let log: Arc<dyn EventLog> = Arc::new(embedded.clone());
        let key = Arc::new(CodeKey::from_bytes(KEY));
        let handler = Arc::new(CommandHandler::new(log.clone(), key, Settings::default()));
        let projector = Arc::new(Projector::new(log.clone(), DerivedStore::temporary().unwrap()));
        let (projected, watched) = watch::channel(Position::START);
        let scheduler = ExpiryScheduler::new(handler.clone(), log.clone(), Agenda::in_memory().unwrap());
        let gauges = Arc::new(Gauges::default());
        let roles = Arc::new(Roles {
            scheduler,
            projector: projector.clone(),
            log: log.clone(),
            embedded,
            projected,
            gauges: gauges.clone(),
        });
        let start: Timestamp = "2019-09-01T10:00Z".parse().unwrap();
        let clock = Arc::new(Hands { at: AtomicI64::new(start.millis()), rehearsal: unusual.rehearsal });
        let tokens = TokenFile::of(folder.path());
        let auth = if unusual.tokens {
            Auth::Tokens(Arc::new(WatchedTokens::open(tokens.clone(), start).unwrap()))
        } else {
            Auth::Open
        };
        let parts = Parts {
            handler: handler.clone(),
            log,
            read_models: Some(projector),
            follower: Follower {
                role: "projector",
                called: "the read models",
                position: watched,
                hurry: Arc::default(),
                still_max: Some(STILL_MAX),
            },
            upkeep: unusual.upkeep.unwrap_or_else(|| roles.clone()),
        };
        let front = Front {
            clock: clock.clone(),
            auth,
            gauges: gauges.clone(),
            limits: unusual.limits.unwrap_or_default(),
        };
        let app = App::new(front, Answers::Here(Arc::new(parts)));
        let router = router(&app);
        Self {
            app,
            router,
            roles,
            clock,
            gauges,
            handler,
            tokens,
            made: std::cell::Cell::new(0),
            _folder: folder,
        }
    }

    pub(crate) fn get(&self, path: impl Into<String>) -> Ask<'_> {
        Ask { world: self, verb: "GET", path: path.into(), headers: Vec::new(), body: None }
    }

    pub(crate) fn post(&self, path: impl Into<String>) -> Ask<'_> {
        Ask { verb: "POST", ..self.get(path) }
    }

    /// A command under a key.
    pub(crate) async fn command(&self, name: &str, key: &str, body: &Value) -> Answer {
        self.post(format!("/v1/commands/{name}")).key(key).body(body).send().await
    }

    /// Lets the time pass until then.
    pub(crate) fn at(&self, at: &str) {
        self.clock.at.store(at.parse::<Timestamp>().unwrap().millis(), Ordering::Relaxed);
    }

    /// Brings the read models up to the log.
    pub(crate) async fn project(&self) {
        let position = self.roles.projector.catch_up(|_| ()).await.unwrap();
        self.roles.projected.send_replace(position);
    }

    /// Makes a token, and lets the server see it.
    pub(crate) fn token(&self, name: &str, role: Role, shop: Option<&str>) -> String {
        self.made.set(self.made.get() + 1);
        let new = NewToken {
            name: name.parse().unwrap(),
            role,
            shop: shop.map(|shop| shop.parse().unwrap()),
            expires_at: None,
        };
        let now = self.clock.now();
        let secret = self.tokens.make(new, [self.made.get(); 32], now).unwrap();
        self.pass_a_second();
        secret.expose().to_owned()
    }

    pub(crate) fn revoke(&self, name: &str) {
        self.tokens.revoke(&name.parse().unwrap()).unwrap();
        self.pass_a_second();
    }

    pub(crate) fn pass_a_second(&self) {
        self.clock.at.fetch_add(1_000, Ordering::Relaxed);
    }

    /// Publishes the built-in offer and an exam, over the handler's own door.
    pub(crate) async fn stock(&self) {
        self.command("publish-offer", "offer", &json!({ "source": offer() })).await.is(200);
        let facts = json!({ "categories": ["associate"], "deliveries": ["online"] });
        self.command("define-exam", "exam", &json!({ "exam": "AZ-104", "facts": facts })).await.is(200);
    }

    /// Issues one voucher; its reply.
    pub(crate) async fn issue(&self, number: &str) -> Value {
        let order = json!({ "shop": "web", "number": number, "line": 1 });
        let body = json!({ "order": order, "offer": "exam-replay" });
        self.command("issue", &format!("issue-{number}"), &body).await.is(200)
    }
}

/// The text of a built-in offer.
pub(crate) fn offer() -> &'static str {
    include_str!("../../../../deploy/offers/exam-replay.toml")
}

/// The code in a reply.
pub(crate) fn code(reply: &Value) -> &str {
    reply["codes"][0]["code"].as_str().unwrap()
}

/// The entitlement in a reply.
pub(crate) fn entitlement(reply: &Value) -> &str {
    reply["entitlements"][0]["id"].as_str().unwrap()
}
