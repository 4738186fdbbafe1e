//! Requests and answers as messages.

use async_nats::service::{NATS_SERVICE_ERROR, NATS_SERVICE_ERROR_CODE};
use axum::body::Bytes;
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use resit_access::Role;
use resit_api::{FieldError, Problem, ProblemKind, Route, header};
use resit_domain::{Actor, InvalidId, ShopId};
use resit_gateway::{Brought, Caller, HandedIn};
use resit_nats::{ApiCaller, KnownBy, Names, is_protocol_header};

use crate::media;

/// What a message asks for.
pub(crate) fn asked(
    names: &Names,
    route: &Route,
    subject: &str,
    headers: HeaderMap,
    body: Bytes,
) -> Result<HandedIn, Problem> {
    let caller = caller(names, subject, &headers)?;
    let path = path(route, &headers)?;
    let (mut headers, mut body) = (headers, body);
    let media = headers.get(CONTENT_TYPE).and_then(|media| media.to_str().ok());
    if media.is_some_and(media::is_msgpack) {
        body = media::to_json(&body)?;
    }
    if media.is_none_or(media::is_msgpack) {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    Ok(HandedIn { caller, path, headers, body })
}

/// Who asks: the subject says it, and the servers let nobody publish under another's.
///
/// So it is with the shop, too: order numbers are a shop's own, and a purchase system speaks for the one of its own name. Only
/// the gateway, whose tokens are called as one likes, says which shop a caller is bound to.
fn caller(names: &Names, subject: &str, headers: &HeaderMap) -> Result<Caller, Problem> {
    let from_subject = || {
        let ApiCaller { role, name, known_by } = names.api_caller(subject)?;
        Some((role.parse::<Role>().ok()?, name.parse::<Actor>().ok()?, known_by))
    };
    let (role, actor, known_by) = from_subject().ok_or_else(|| {
        let detail = format!(
            "{subject} names no caller; publish to {}.api.ROLE.NAME.ROUTE, ROLE one of purchase, delivery, support, \
             reporting, operator, and NAME out of letters, digits and . _ : -",
            names.ledger()
        );
        Problem::new(ProblemKind::Unauthenticated, detail)
    })?;
    let shop = match (known_by, headers.get(header::SHOP)) {
        (KnownBy::Gateway, said) => said.map(|shop| read_shop(shop.to_str().unwrap_or(""))).transpose()?,
        (KnownBy::Servers, Some(_)) => return Err(not_yours_to_say()),
        (KnownBy::Servers, None) if role == Role::Purchase => Some(read_shop(actor.as_str())?),
        (KnownBy::Servers, None) => None,
    };
    Ok(Caller { actor, role: Some(role), shop })
}

fn read_shop(text: &str) -> Result<ShopId, Problem> {
    text.parse().map_err(|error: InvalidId| {
        let remedy = "name the only shop that the caller may order for, or leave the header out";
        Problem::bad_input(FieldError::new(header::SHOP, error.to_string(), remedy))
    })
}

fn not_yours_to_say() -> Problem {
    let reason = "only the gateway says to which shop a caller is bound";
    let remedy = "leave the header out; a purchase system is bound to the shop of its own name";
    Problem::bad_input(FieldError::new(header::SHOP, reason, remedy))
}

/// The path of a request: the route's own, if it needs no more.
fn path(route: &Route, headers: &HeaderMap) -> Result<PathAndQuery, Problem> {
    let wrong = |reason: &str| {
        let remedy = format!("write the path as over HTTP, {}", route.path);
        Problem::bad_input(FieldError::new(header::PATH, reason, remedy))
    };
    match headers.get(header::PATH) {
        Some(path) => path.as_bytes().try_into().map_err(|_| wrong("it is no path")),
        None if route.path.contains('{') => Err(wrong("it is missing")),
        None => route.path.parse().map_err(|_| wrong("it is missing")),
    }
}

/// An answer in the encoding that its caller asked for.
pub(crate) fn encoded(mut brought: Brought, accept: Option<&str>) -> Brought {
    if accept.is_some_and(media::is_msgpack)
        && let Some(packed) = media::from_json(&brought.body)
    {
        brought.body = packed;
        brought.headers.insert(CONTENT_TYPE, HeaderValue::from_static(media::MSGPACK));
    }
    brought
}

/// Whether a request comes from a gateway of the release before, which reads the status under its old name alone.
pub(crate) fn reads_the_form_before(names: &Names, subject: &str, headers: &HeaderMap) -> bool {
    let by_gateway = names.api_caller(subject).is_some_and(|caller| caller.known_by == KnownBy::Gateway);
    by_gateway && headers.get(header::ANSWER_FORM).is_none()
}

/// An answer as a message: its headers and its body.
pub(crate) fn told(brought: Brought, in_the_form_before: bool) -> (async_nats::HeaderMap, Bytes) {
    let Brought { status, headers, body } = brought;
    let is_problem = status.is_client_error() || status.is_server_error();
    let mut told = outward(&headers);
    told.insert(shown(header::STATUS), status.as_u16().to_string());
    if in_the_form_before {
        told.insert(shown(header::STATUS_BEFORE), status.as_u16().to_string());
    }
    if is_problem {
        told.insert(NATS_SERVICE_ERROR, status.canonical_reason().unwrap_or("problem"));
        told.insert(NATS_SERVICE_ERROR_CODE, status.as_u16().to_string());
    }
    (told, body)
}

/// What the caller would like to have.
pub(crate) fn accepts(headers: &HeaderMap) -> Option<String> {
    Some(headers.get(ACCEPT)?.to_str().ok()?.to_owned())
}

/// Headers of a message as HTTP knows them. A name or a value that HTTP can't have says nothing here.
pub(crate) fn inward(headers: Option<&async_nats::HeaderMap>) -> HeaderMap {
    let mut inward = HeaderMap::new();
    for (name, values) in headers.into_iter().flat_map(async_nats::HeaderMap::iter) {
        let name: &str = name.as_ref();
        let Ok(name) = HeaderName::from_bytes(name.as_bytes()) else { continue };
        for value in values {
            if let Ok(value) = HeaderValue::from_str(value.as_str()) {
                inward.append(&name, value);
            }
        }
    }
    inward
}

/// The status of an answer, out of its headers; none if it has none.
pub(crate) fn take_status(headers: &mut HeaderMap) -> Option<StatusCode> {
    let before = headers.remove(header::STATUS_BEFORE);
    let status = headers.remove(header::STATUS).or(before)?;
    StatusCode::from_bytes(status.as_bytes()).ok()
}

/// Headers of HTTP as a message has them, but for names that are the protocol's.
pub(crate) fn outward(headers: &HeaderMap) -> async_nats::HeaderMap {
    let mut outward = async_nats::HeaderMap::new();
    for (name, value) in headers.iter().filter(|(name, _)| !is_protocol_header(name.as_str())) {
        if let Ok(value) = value.to_str() {
            outward.append(shown(name.as_str()), value);
        }
    }
    outward
}

/// A header's name as people write it, `Resit-Position`; but for the one that its standard writes small.
pub(crate) fn shown(name: &str) -> String {
    if name == header::TRACE {
        return name.to_owned();
    }
    let word = |word: &str| {
        let mut letters = word.chars();
        letters
            .next()
            .map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + letters.as_str())
    };
    name.split('-').map(word).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_headers_are_written_as_people_do() {
        assert_eq!(shown(header::POSITION), "Resit-Position");
        assert_eq!(shown(header::TRACE), "traceparent");
    }

    #[test]
    fn who_asks_stands_in_the_subject_alone() {
        let names = Names::of("resit".parse().unwrap());
        let mut headers = HeaderMap::new();
        headers.insert(header::ACTOR, HeaderValue::from_static("somebody-else"));
        let asker = caller(&names, "resit.api.support.web.issue", &headers).unwrap();
        assert_eq!((asker.actor.as_str(), asker.role, asker.shop), ("web", Some(Role::Support), None));
        for wrong in [
            "resit.api.king.web.issue",
            "resit.api.gateway.web.issue",
            "resit.api.purchase.=.issue",
            "other.api.purchase.web.issue",
        ] {
            let problem = caller(&names, wrong, &headers).unwrap_err();
            assert_eq!(problem.r#type, ProblemKind::Unauthenticated, "{wrong}");
        }
    }

    #[test]
    fn a_purchase_system_is_its_shop_and_only_the_gateway_says_otherwise() {
        let names = Names::of("resit".parse().unwrap());
        let shop = |subject, headers: &HeaderMap| {
            let caller = caller(&names, subject, headers)?;
            assert_eq!(caller.actor.as_str(), "web");
            Ok::<_, Problem>(caller.shop.map(|shop| shop.to_string()))
        };
        let (own, by_gateway) = ("resit.api.purchase.web.issue", "resit.api.gateway.purchase-web.issue");
        let mut headers = HeaderMap::new();
        assert_eq!(shop(own, &headers).unwrap().as_deref(), Some("web"));
        assert_eq!(shop(by_gateway, &headers).unwrap(), None, "a token that is bound to no shop");
        headers.insert(header::SHOP, HeaderValue::from_static("other"));
        assert_eq!(shop(by_gateway, &headers).unwrap().as_deref(), Some("other"));
        for own in [own, "resit.api.support.web.issue"] {
            let problem = shop(own, &headers).unwrap_err();
            assert_eq!(problem.errors[0].field, header::SHOP, "{own}");
        }
    }
}
