//! Traces that go from process to process (W3C Trace Context, version 00).

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

/// Where in which trace something happens. Its text is the value of a header `traceparent`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceContext {
    trace: u128,
    span: u64,
    flags: u8,
}

impl TraceContext {
    /// Reads a header's value; none if it is none, which means that a trace begins here.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let (version, trace, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let hex = |part: &str, digits: usize| {
            part.len() == digits && part.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
        };
        if !hex(version, 2) || version == "ff" || (version == "00" && parts.next().is_some()) {
            return None;
        }
        if !hex(trace, 32) || !hex(span, 16) || !hex(flags, 2) {
            return None;
        }
        let trace = u128::from_str_radix(trace, 16).ok().filter(|trace| *trace != 0)?;
        let span = u64::from_str_radix(span, 16).ok().filter(|span| *span != 0)?;
        Some(Self { trace, span, flags: u8::from_str_radix(flags, 16).ok()? })
    }

    /// The trace's id, 32 hexadecimal digits.
    pub fn trace_id(&self) -> String {
        format!("{:032x}", self.trace)
    }

    /// The span's id, 16 hexadecimal digits.
    pub fn span_id(&self) -> String {
        format!("{:016x}", self.span)
    }
}

impl fmt::Display for TraceContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "00-{:032x}-{:016x}-{:02x}", self.trace, self.span, self.flags)
    }
}

/// Makes ids of spans that nobody else makes, as far as its seed is nobody else's. They are no secrets.
#[derive(Debug)]
pub struct SpanIds {
    seed: u64,
    made: AtomicU64,
}

impl SpanIds {
    /// Ids out of a seed, which should come from a random source.
    pub fn seeded(seed: [u8; 8]) -> Self {
        Self { seed: u64::from_be_bytes(seed), made: AtomicU64::new(0) }
    }

    /// A span below another one.
    pub fn child(&self, parent: TraceContext) -> TraceContext {
        TraceContext { span: self.next(), ..parent }
    }

    /// The first span of a new trace.
    pub fn root(&self) -> TraceContext {
        let trace = u128::from(self.next()) << 64 | u128::from(self.next());
        TraceContext { trace, span: self.next(), flags: 0 }
    }

    /// Counts, and mixes the count with the seed so that close counts are far apart.
    fn next(&self) -> u64 {
        let count = self.made.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
        let mut mixed = self.seed.wrapping_add(count.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_goes_on_in_a_span_of_its_own() {
        let text = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        let came = TraceContext::parse(text).unwrap();
        assert_eq!(came.to_string(), text);
        let ids = SpanIds::seeded([7; 8]);
        let (one, two) = (ids.child(came), ids.child(came));
        assert_eq!((one.trace_id(), one.to_string().ends_with("-01")), (came.trace_id(), true));
        assert!(one.span_id() != came.span_id() && one.span_id() != two.span_id());
        assert_ne!(ids.root().trace_id(), ids.root().trace_id());
        assert_eq!(TraceContext::parse(&ids.root().to_string()).map(|trace| trace.flags), Some(0));
    }

    #[test]
    fn what_is_no_trace_begins_none() {
        for wrong in [
            "",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
        ] {
            assert_eq!(TraceContext::parse(wrong), None, "{wrong}");
        }
        assert!(
            TraceContext::parse("01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more").is_some()
        );
    }
}
