//! What came in and is not settled yet.

use async_nats::jetstream::stream::Stream;
use resit_domain::Timestamp;
use resit_nats::Link;

use crate::IntakeError;

/// How many events came in and are not settled yet, and since when the oldest of them waits.
///
/// # Errors
///
/// If NATS does not answer.
pub async fn waiting(link: &Link) -> Result<(u64, Option<Timestamp>), IntakeError> {
    let name = link.names.intake_stream();
    let unread = |source| IntakeError::Unread { stream: name.clone(), source };
    let stream = link.jetstream.get_stream_no_info(&name).await;
    let stream: Stream<()> = stream.map_err(|e| unread(Box::new(e)))?;
    // What is acknowledged is gone from there: the first that is left is the oldest.
    let state = stream.get_info().await.map_err(|e| unread(Box::new(e)))?.state;
    if state.messages == 0 {
        return Ok((0, None));
    }
    Ok((state.messages, Some(crate::instant(state.first_timestamp))))
}
