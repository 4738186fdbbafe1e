//! What is sent comes back as it was: a client sees what the handler said.

use resit_api::{EventOnStream, Problem, ProblemKind, Reply};
use resit_command_handler as handler;
use resit_command_handler::{Happened, Minted, Request};
use resit_domain::event::{ExamMissed, ResultCorrected, VoucherIssued};
use resit_domain::{
    AttemptFate, EntitlementId, Event, Fact, Impact, IssuedUnit, Layer, Refusal, RetakeVerdict, Rule, Stream,
    Timestamp, Unassign, VoucherRef, Warning,
};
use resit_event_log::Position;
use resit_voucher_code::CodeKey;

fn at() -> Timestamp {
    "2026-03-01T09:00:00.250Z".parse().unwrap()
}

fn request() -> Request {
    let voucher = VoucherRef::Id { entitlement: EntitlementId([7; 16]), unit: 1 };
    Request {
        id: "c-1".parse().unwrap(),
        actor: "desk".parse().unwrap(),
        command: Unassign { voucher }.into(),
        confirm: false,
    }
}

fn events() -> Vec<Happened> {
    let issued = VoucherIssued {
        order: resit_domain::OrderLine {
            shop: "web".parse().unwrap(),
            number: "1".parse().unwrap(),
            line: 1,
        },
        piece: 1,
        pieces: 1,
        offer: "exam-replay".parse().unwrap(),
        terms: resit_domain::TermsHash::of(b"text"),
        purchased_at: at(),
        paid: true,
        units: vec![IssuedUnit { benefit: 0, code: resit_domain::Fingerprint([9; 16]) }],
        channel: None,
        agreement: None,
        first_order_last_day: Some("2026-05-01".parse().unwrap()),
        prorated: Some((3, 12)),
        tier: Some("a".to_owned()),
        mode: None,
        term_last_day: None,
        valid_until: None,
        said: None,
    };
    let missed = ExamMissed {
        unit: 1,
        sat_at: at(),
        attempt: AttemptFate::Failed(RetakeVerdict::NoTime { ended_at: at(), clause: "S2-5".to_owned() }),
        booked_at: None,
    };
    let corrected = ResultCorrected {
        unit: 1,
        attempt: 1,
        was: resit_domain::ExamResult::Fail,
        now: resit_domain::ExamResult::TechnicalFault,
        sat_at: None,
        booked_at: None,
        becomes: Some(AttemptFate::GivenBack),
        flips: vec!["c-0".parse().unwrap()],
    };
    let events: [Event; 3] = [issued.into(), missed.into(), corrected.into()];
    let stream = Stream::Entitlement(EntitlementId([7; 16]));
    events.map(|event| Happened { stream: stream.clone(), happened_at: at(), event }).to_vec()
}

#[test]
fn an_accepted_reply_comes_back() {
    let code = CodeKey::from_bytes([1; 32]).derive(EntitlementId([7; 16]), 1, 0);
    let said = handler::Reply {
        position: Position(7),
        recorded_at: at(),
        replayed: true,
        outcome: handler::Outcome::Accepted {
            events: events(),
            warnings: vec![Warning { clause: "S1".to_owned(), text: "soon".to_owned() }],
        },
        entitlements: Vec::new().into(),
        codes: vec![Minted { entitlement: EntitlementId([7; 16]), unit: 1, code: code.clone() }],
        impact: None,
    };
    let text = serde_json::to_string(&Reply::of(&request(), said.clone(), at())).unwrap();
    assert!(text.contains(r#""outcome":"accepted""#) && text.contains(&code.expose().to_string()), "{text}");
    let heard: handler::Reply = serde_json::from_str::<Reply>(&text).unwrap().into();
    assert_eq!((heard.position, heard.recorded_at, heard.replayed), (said.position, said.recorded_at, true));
    assert_eq!(heard.outcome, said.outcome);
    assert!(heard.codes[0].code.same_as(&code));
}

#[test]
fn a_refusal_is_a_problem_and_a_reply() {
    let refusal = Refusal {
        rule: Rule::RetakeWait,
        layer: Layer::Programme,
        clause: "S2-7".to_owned(),
        facts: vec![Fact { name: "wait-until".to_owned(), value: "2026-03-02".to_owned() }],
        remedy: "wait".to_owned(),
    };
    let impact = Impact { compared: 7, ..Impact::default() };
    let said = handler::Reply {
        position: Position(9),
        recorded_at: at(),
        replayed: false,
        outcome: handler::Outcome::Refused(refusal.clone()),
        entitlements: Vec::new().into(),
        codes: Vec::new(),
        impact: Some(Box::new(impact.clone())),
    };
    let problem = Problem::refused(Reply::of(&request(), said, at())).unwrap();
    let text = serde_json::to_string(&problem).unwrap();
    let heard: Problem = serde_json::from_str(&text).unwrap();
    assert_eq!(heard, problem);
    assert_eq!((heard.r#type, heard.status), (ProblemKind::Refused, 422));
    let heard: handler::Reply = heard.into_reply().unwrap().into();
    assert_eq!(heard.outcome, handler::Outcome::Refused(refusal));
    assert_eq!(heard.impact.as_deref(), Some(&impact));
}

#[test]
fn an_event_that_nobody_knows_is_told_apart() {
    let text = r#"{"stream":"entitlement/01ARZ3NDEKTSV4RRFFQ69G5FAV","type":"Danced","happened_at":"2026-03-01","body":{}}"#;
    let error = serde_json::from_str::<EventOnStream>(text).unwrap_err().to_string();
    assert!(error.contains("Danced"), "{error}");
}
